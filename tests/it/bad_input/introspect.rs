//! `/introspect` (RFC 7662 2): who may ask, and tokens that are worth nothing.

use super::ask::{Ask, FORM, Parameters};
use super::forgery::{forgeries, no_texts, no_tokens};
use super::table::{Expect, MARKUP, Surface, case};
use crate::world::relying_party::request;
use crate::world::{RelyingParty, Server};
use reqwest::Method;
use serde_json::json;

const INVALID: Expect = Expect::Refused(400, "invalid_request");
const UNKNOWN: Expect = Expect::Refused(401, "invalid_client");

#[tokio::test]
async fn only_a_client_that_proves_itself_asks_and_it_asks_about_one_token() {
    let server = Server::quickstart();
    let tokens = RelyingParty::demo(&server).tokens().await;
    let token = tokens["access_token"].as_str().unwrap();
    let good = Parameters::of(&[("token", token)]);
    let ask = |form: &Parameters| Ask::post("/introspect", form).basic("demo", "demo-secret");
    let bare = || Ask::new("POST", "/introspect").basic("demo", "demo-secret");
    let mut table = vec![
        case("nobody", Ask::post("/introspect", &good), UNKNOWN),
        case("the token alone", Ask::post("/introspect", &good).bearer(token), UNKNOWN),
        case("a wrong secret", Ask::post("/introspect", &good).basic("demo", "wrong"), UNKNOWN),
        case(
            "a public client",
            Ask::post("/introspect", &good.with("client_id", "demo-spa")),
            Expect::Refused(400, "unauthorized_client"),
        ),
        case("no body", bare(), INVALID),
        case("JSON", bare().body("application/json", json!({ "token": token }).to_string()), INVALID),
        case("not UTF-8", bare().body(FORM, "token=%ff"), INVALID),
        case(
            "in the query",
            Ask::new("POST", &format!("/introspect?{}", good.text())).basic("demo", "demo-secret").body(FORM, ""),
            INVALID,
        ),
        case("token missing", ask(&good.without("token")), INVALID),
        case("token empty", ask(&good.with("token", "")), INVALID),
        case("token twice", ask(&good.and("token", token)), INVALID),
        case("hint twice", ask(&good.and("token_type_hint", "a").and("token_type_hint", "b")), INVALID),
        case("hint unknown", ask(&good.with("token_type_hint", MARKUP)), Expect::Json(200)),
    ];
    for (name, no_text) in no_texts() {
        table.push(case(name, ask(&good.with("token", &no_text)), INVALID));
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let target = format!("/introspect?{}", good.text());
        table.push(case(method, Ask::new(method, &target).basic("demo", "demo-secret"), Expect::Page(405)));
    }
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn what_is_forged_or_of_another_kind_is_inactive_and_nothing_more_is_said() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let other = RelyingParty::register(&server, json!({})).await;
    let tokens = client.tokens().await;
    let text = |name: &str| tokens[name].as_str().unwrap();
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    let mut worthless = forgeries(text("access_token"), &jwks);
    // What is longer than any token is refused before it is looked at.
    worthless.retain(|(name, _)| *name != "oversized");
    worthless.extend(no_tokens());
    worthless.push(("an ID token", text("id_token").to_owned()));
    worthless.push(("a client's secret", "demo-secret".to_owned()));
    for (name, token) in &worthless {
        let answer = client.post("/introspect", &[("token", token)]).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "active": false })), "{name}");
    }
    let of_another = other.post("/introspect", &[("token", text("refresh_token"))]).await;
    assert_eq!(of_another.json(), json!({ "active": false }), "another client's refresh token");
    Surface::of(&server).unharmed();
}
