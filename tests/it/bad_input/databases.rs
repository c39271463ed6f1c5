//! Texts that a database chokes on, wherever a request's text comes near one: on SQLite, and on PostgreSQL, whose texts
//! cannot hold NUL.

use super::ask::{Ask, Parameters};
use super::table::{Case, Expect, Surface, case};
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server, postgres};
use serde_json::json;

const CALLBACK: &str = "https://client.example/cb";
/// NUL, a lone escape, quotes of SQL, wildcards, and characters beyond the first plane.
const TEXTS: [&str; 6] = ["a\0b", "\\u0000", "'; DROP TABLE users; --", "%_\\%", "𐏿\u{10ffff}", "\u{feff}\u{202e}"];

/// A sign-in as this end-user, from this browser.
async fn sign_in_as(server: &Server, client: &RelyingParty, username: &str) -> Case {
    let browser = Browser::new();
    let page = browser.open(&client.authorization_url(&[])).await.page();
    let form = Parameters::of(&[("step", &page.hidden["step"]), ("username", username), ("password", username)]);
    let cookies: Vec<String> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let posted = Ask::post(page.action.path(), &form).cookies(&cookies.join("; "));
    let _ = posted.header("user-agent", "a\tb\u{fffd}").send(server);
    case(
        &format!("the page after {username:?}"),
        Ask::new("GET", page.action.path()).cookies(&cookies.join("; ")),
        Expect::Page(200),
    )
}

async fn hold(server: &Server) {
    let client = RelyingParty::register(server, json!({ "redirect_uris": [CALLBACK] })).await;
    let secret = client.client_secret.clone().unwrap();
    let surface = Surface { server, verified: vec![CALLBACK.into()] };
    let mut table = Vec::new();
    for text in TEXTS {
        table.push(sign_in_as(server, &client, text).await);
        let post = |path: &str, form: &[(&str, &str)]| {
            Ask::post(path, &Parameters::of(form)).basic(&client.client_id, &secret)
        };
        let token = post("/token", &[("grant_type", "refresh_token"), ("refresh_token", text)]);
        table.push(case(&format!("a refresh token {text:?}"), token, Expect::Refused(400, "invalid_grant")));
        let code = post("/token", &[("grant_type", "authorization_code"), ("code", text), ("redirect_uri", CALLBACK)]);
        table.push(case(&format!("a code {text:?}"), code, Expect::Refused(400, "invalid_grant")));
        let by = Ask::post("/token", &Parameters::of(&[("grant_type", "client_credentials")])).basic(text, text);
        table.push(case(&format!("a client {text:?}"), by, Expect::Refused(401, "invalid_client")));
        let document = json!({
            "redirect_uris": [CALLBACK], "contacts": [text], "unknown": text,
            "jwks": { "keys": [{ "kty": "EC", "crv": "P-256", "kid": text, "x": text, "y": text, text: text }] },
        });
        table.push(case(
            &format!("a registration with {text:?}"),
            Ask::json("/register", &document),
            Expect::Json(201),
        ));
        let claims = json!({ "userinfo": { text: null, "name": { "value": text } }, "id_token": { "acr": { "values": [text] } } });
        let parameters = Parameters::of(&[
            ("client_id", &client.client_id),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("claims", &claims.to_string()),
        ]);
        table.push(case(&format!("claims with {text:?}"), Ask::get("/authorize", &parameters), Expect::Own));
    }
    surface.hold(&table);
    for text in TEXTS {
        whole_grant(&client, text).await;
    }
    surface.unharmed();
}

/// A whole grant that asks for claims of such names and values: what is stored of them is found again.
async fn whole_grant(client: &RelyingParty, text: &str) {
    let asked = json!({ text: null, "name": { "value": text } });
    let claims = json!({ "userinfo": asked, "id_token": asked }).to_string();
    let code = client.code(&[("claims", &claims), ("prompt", "consent")]).await;
    let tokens = client.redeem(&code).await;
    assert_eq!(tokens.status, 200, "{text:?}: {}", tokens.body);
    let tokens = tokens.json();
    let token = |name: &str| tokens[name].as_str().unwrap();
    assert_eq!(client.userinfo(token("access_token")).await.status, 200, "{text:?}");
    assert_eq!(client.post("/introspect", &[("token", token("access_token"))]).await.status, 200, "{text:?}");
    assert_eq!(client.refresh(token("refresh_token")).await.status, 200, "{text:?}");
}

#[tokio::test]
async fn no_text_is_a_fault_of_the_database_on_sqlite() {
    hold(&Server::quickstart()).await;
}

#[tokio::test]
async fn no_text_is_a_fault_of_the_database_on_postgresql() {
    let Some(url) = postgres::schema_or_say("bad_input") else { return };
    let directory = tempfile::tempdir().unwrap();
    let database = [("GATEWRIGHT__DATABASE__URL", url.as_str())];
    hold(&Server::quickstart_with(directory.path(), free_port(), &database)).await;
}
