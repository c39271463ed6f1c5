//! `/revoke` (RFC 7009 2): who may revoke, and what must not be revoked by it.

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
async fn a_token_is_revoked_by_its_own_client_and_by_nothing_that_only_looks_like_it() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let other = RelyingParty::register(&server, json!({})).await;
    let tokens = client.tokens().await;
    let text = |name: &str| tokens[name].as_str().unwrap();
    let good = Parameters::of(&[("token", text("access_token"))]);
    let ask = |form: &Parameters| Ask::post("/revoke", form).basic("demo", "demo-secret");
    let by_other =
        |form: &Parameters| Ask::post("/revoke", form).basic(&other.client_id, other.client_secret.as_ref().unwrap());
    let bare = || Ask::new("POST", "/revoke").basic("demo", "demo-secret");
    let another = Expect::Refused(400, "unauthorized_client");
    let mut table = vec![
        case("nobody", Ask::post("/revoke", &good), UNKNOWN),
        case("the token alone", Ask::post("/revoke", &good).bearer(text("access_token")), UNKNOWN),
        case("a wrong secret", Ask::post("/revoke", &good).basic("demo", "wrong"), UNKNOWN),
        case("another client's access token", by_other(&good), another),
        case("another client's refresh token", by_other(&good.with("token", text("refresh_token"))), another),
        case("no body", bare(), INVALID),
        case("JSON", bare().body("application/json", json!({ "token": "x" }).to_string()), INVALID),
        case("not UTF-8", bare().body(FORM, "token=%ff"), INVALID),
        case("token missing", ask(&good.without("token")), INVALID),
        case("token twice", ask(&good.and("token", "x")), INVALID),
        // As good as revoked (RFC 7009 2.2).
        case("made up", ask(&good.with("token", "made-up")), Expect::Empty(200)),
        case(
            "made up, with a hint unknown",
            ask(&good.with("token", "x").and("token_type_hint", MARKUP)),
            Expect::Empty(200),
        ),
        case("an ID token", ask(&good.with("token", text("id_token"))), Expect::Empty(200)),
    ];
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    for (name, forged) in forgeries(text("access_token"), &jwks) {
        let expect = if name == "oversized" { INVALID } else { Expect::Empty(200) };
        table.push(case(name, ask(&good.with("token", &forged)), expect));
    }
    for (name, no_text) in no_texts() {
        table.push(case(name, ask(&good.with("token", &no_text)), INVALID));
    }
    for (name, no_token) in no_tokens() {
        table.push(case(name, ask(&good.with("token", &no_token)), Expect::Empty(200)));
    }
    for method in ["GET", "PUT", "DELETE", "TRACE"] {
        table.push(case(method, Ask::new(method, "/revoke").basic("demo", "demo-secret"), Expect::Page(405)));
    }
    table.push(case(
        "still live after all of that",
        Ask::new("GET", "/userinfo").bearer(text("access_token")),
        Expect::Json(200),
    ));
    Surface::of(&server).hold(&table);
    assert_eq!(client.refresh(text("refresh_token")).await.status, 200);
}
