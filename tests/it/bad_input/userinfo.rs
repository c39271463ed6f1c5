//! `/userinfo` (RFC 6750 2 and 3.1, OpenID Connect Core 5.3.3): no token, two of them, in the wrong place, of the wrong
//! kind, forged.

use super::ask::{Ask, FORM, Parameters};
use super::forgery::{forgeries, no_texts, no_tokens};
use super::table::{Expect, Surface, case};
use crate::world::relying_party::request;
use crate::world::{RelyingParty, Server};
use reqwest::Method;
use serde_json::json;

const NONE: Expect = Expect::Challenge(401, None);
const TWICE: Expect = Expect::Challenge(400, Some("invalid_request"));
const INVALID: Expect = Expect::Challenge(401, Some("invalid_token"));

#[tokio::test]
async fn the_claims_are_for_who_presents_one_live_access_token_in_one_place() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let tokens = client.tokens().await;
    let text = |name: &str| tokens[name].as_str().unwrap();
    let token = text("access_token");
    let get = || Ask::new("GET", "/userinfo");
    let form = Parameters::of(&[("access_token", token)]);
    let in_query = format!("/userinfo?access_token={token}");
    let mut table = vec![
        case("nothing", get(), NONE),
        case("no body", Ask::new("POST", "/userinfo"), NONE),
        case("an empty form", Ask::new("POST", "/userinfo").body(FORM, ""), NONE),
        case("an empty token", Ask::new("POST", "/userinfo").body(FORM, "access_token="), NONE),
        case("in JSON", Ask::json("/userinfo", &json!({ "access_token": token })), NONE),
        case("a form that is said to be none", Ask::new("POST", "/userinfo").body("text/plain", form.text()), NONE),
        case("a client's secret", get().basic("demo", "demo-secret"), NONE),
        case("another scheme", get().header("authorization", &format!("Digest {token}")), NONE),
        case("no scheme", get().header("authorization", token), NONE),
        case("two headers", get().bearer(token).bearer(token), NONE),
        case("in the query", Ask::new("GET", &in_query), TWICE),
        case("in the query as well", Ask::new("GET", &in_query).bearer(token), TWICE),
        case("in header and form", Ask::post("/userinfo", &form).bearer(token), TWICE),
        case("twice in the form", Ask::post("/userinfo", &form.and("access_token", token)), TWICE),
        case("a form not UTF-8", Ask::new("POST", "/userinfo").body(FORM, "access_token=%ff"), TWICE),
        case("a query not UTF-8", Ask::new("GET", "/userinfo?x=%ff").bearer(token), TWICE),
        case("nothing after the scheme", get().header("authorization", "Bearer"), INVALID),
        case("two tokens", get().bearer(&format!("{token}, Bearer {token}")), INVALID),
        case("an ID token", get().bearer(text("id_token")), INVALID),
        case("a refresh token", get().bearer(text("refresh_token")), INVALID),
        case("made up", get().bearer("made-up"), INVALID),
        case("as it should be", get().bearer(token), Expect::Json(200)),
    ];
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    for (name, forged) in forgeries(token, &jwks) {
        table.push(case(name, get().bearer(&forged), INVALID));
    }
    for (name, forged) in forgeries(text("id_token"), &jwks) {
        table.push(case(&format!("of an ID token: {name}"), get().bearer(&forged), INVALID));
    }
    for (name, no_token) in no_texts().into_iter().chain(no_tokens()) {
        table.push(case(name, Ask::post("/userinfo", &Parameters::of(&[("access_token", &no_token)])), INVALID));
    }
    for method in ["PUT", "DELETE", "PATCH", "TRACE"] {
        table.push(case(method, Ask::new(method, "/userinfo").bearer(token), Expect::Page(405)));
    }
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn a_token_without_an_end_user_or_without_openid_is_not_enough() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let own = client.token(&[("grant_type", "client_credentials")]).await.json();
    let plain = client.asking("profile").tokens().await;
    let bearer =
        |tokens: &serde_json::Value| Ask::new("GET", "/userinfo").bearer(tokens["access_token"].as_str().unwrap());
    let not_enough = Expect::Challenge(403, Some("insufficient_scope"));
    Surface::of(&server).hold(&[
        case("of the client itself", bearer(&own), not_enough),
        case("without openid", bearer(&plain), not_enough),
    ]);
}
