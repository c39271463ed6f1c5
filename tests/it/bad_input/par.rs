//! `/par` (RFC 9126 2.3): who may push, and what is no request.

use super::ask::{Ask, FORM, Parameters};
use super::table::{Expect, LINE, MARKUP, Surface, case};
use crate::world::{RelyingParty, Server};
use serde_json::json;

const CALLBACK: &str = "https://client.example/cb";
const INVALID: Expect = Expect::Refused(400, "invalid_request");
const UNKNOWN: Expect = Expect::Refused(401, "invalid_client");
const OBJECT: Expect = Expect::Refused(400, "invalid_request_object");

#[tokio::test]
async fn only_a_client_that_proves_itself_pushes_and_only_what_could_be_asked() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let secret = client.client_secret.clone().unwrap();
    let good =
        Parameters::of(&[("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid"), ("state", "s1")]);
    let ask = |form: &Parameters| Ask::post("/par", form).basic(&client.client_id, &secret);
    let bare = || Ask::new("POST", "/par").basic(&client.client_id, &secret);
    let long = "x".repeat(20_000);
    let mut table = vec![
        case("nothing wrong", ask(&good), Expect::Json(201)),
        case("nobody", Ask::post("/par", &good), UNKNOWN),
        case("a name alone", Ask::post("/par", &good.with("client_id", &client.client_id)), UNKNOWN),
        case("a wrong secret", Ask::post("/par", &good).basic(&client.client_id, "wrong"), UNKNOWN),
        case("another client's name", ask(&good.with("client_id", "demo")), UNKNOWN),
        case("two secrets", ask(&good.with("client_secret", &secret)), INVALID),
        case("an access token", Ask::post("/par", &good).bearer("made-up"), UNKNOWN),
        case("no body", bare(), INVALID),
        case("JSON", bare().body("application/json", "{\"response_type\":\"code\"}"), INVALID),
        case("not UTF-8", bare().body(FORM, "state=%ff"), INVALID),
        case(
            "in the query",
            Ask::new("POST", &format!("/par?{}", good.text())).basic(&client.client_id, &secret).body(FORM, ""),
            INVALID,
        ),
        case(
            "response_type token",
            ask(&good.with("response_type", "token")),
            Expect::Refused(400, "unsupported_response_type"),
        ),
        case("a scope unknown", ask(&good.with("scope", MARKUP)), Expect::Refused(400, "invalid_scope")),
        case("registration", ask(&good.with("registration", "{}")), Expect::Refused(400, "registration_not_supported")),
        case("oversized", ask(&good.with("custom", &long)), INVALID),
    ];
    for (name, value) in [
        ("redirect_uri", "https://evil.example/cb"),
        ("redirect_uri", ""),
        ("redirect_uri", MARKUP),
        ("response_type", ""),
        ("response_mode", "smoke"),
        ("state", LINE),
        ("nonce", "\0"),
        ("prompt", "none login"),
        ("max_age", "-1"),
        ("claims", "{"),
        ("code_challenge_method", "S256"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:made-up"),
        ("request_uri", "http://169.254.169.254/"),
    ] {
        table.push(case(&format!("{name} {value:?}"), ask(&good.with(name, value)), INVALID));
    }
    for name in ["response_type", "redirect_uri", "scope", "state"] {
        table.push(case(&format!("{name} twice"), ask(&good.and(name, "code")), INVALID));
    }
    for object in ["a.b.c", "..", "a.b.c.d.e", "x", MARKUP, &long] {
        let name: String = object.chars().take(20).collect();
        table.push(case(&format!("request {name:?}"), ask(&good.with("request", object)), OBJECT));
    }
    for method in ["GET", "PUT", "DELETE", "PATCH", "TRACE"] {
        let asked = Ask::new(method, &format!("/par?{}", good.text())).basic(&client.client_id, &secret);
        table.push(case(method, asked, Expect::Page(405)));
    }
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
}

#[tokio::test]
async fn a_name_that_is_no_request_of_the_client_is_told_on_a_page() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let form = [("response_type", "code"), ("redirect_uri", CALLBACK), ("scope", "openid")];
    let pushed = client.post("/par", &form).await.json();
    let name = pushed["request_uri"].as_str().unwrap();
    let good = Parameters::of(&[("client_id", &client.client_id), ("request_uri", name)]);
    let at = |parameters: &Parameters| Ask::get("/authorize", parameters);
    let table = [
        ("of another client", good.with("client_id", "demo")),
        ("of nobody", good.with("client_id", "nobody")),
        ("without a client", good.without("client_id")),
        ("made up", good.with("request_uri", "urn:ietf:params:oauth:request_uri:made-up")),
        ("with markup", good.with("request_uri", &format!("urn:ietf:params:oauth:request_uri:{MARKUP}"))),
        ("one letter more", good.with("request_uri", &format!("{name}A"))),
        ("in capitals", good.with("request_uri", &name.to_uppercase())),
        ("twice", good.and("request_uri", name)),
        ("beside a request", good.with("request", "a.b.c")),
        (
            "beside another redirect_uri, made up",
            good.with("request_uri", "urn:x").with("redirect_uri", "https://evil.example/"),
        ),
    ];
    let mut table: Vec<_> = table.iter().map(|(name, asked)| case(name, at(asked), Expect::Page(400))).collect();
    table.push(case("and it still leads on", at(&good), Expect::Own));
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
}
