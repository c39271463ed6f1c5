//! `/introspect` (RFC 7662 2).

use crate::world::{RelyingParty, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn introspected(client: &RelyingParty, token: &Value) -> Value {
    let answer = client.post("/introspect", &[("token", token.as_str().unwrap())]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_live_token_is_described_and_any_other_is_only_inactive() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let tokens = client.tokens().await;
    let access = introspected(&client, &tokens["access_token"]).await;
    assert_eq!(access["active"], true);
    assert_eq!((&access["client_id"], &access["username"]), (&json!("demo"), &json!("alice")));
    assert_eq!((&access["scope"], &access["iss"]), (&json!("openid profile email"), &json!(server.issuer)));
    assert!(access["exp"].as_u64() > access["iat"].as_u64() && access["sub"].is_string(), "{access}");
    let refresh = introspected(&client, &tokens["refresh_token"]).await;
    assert_eq!((&refresh["active"], &refresh["client_id"]), (&json!(true), &json!("demo")));
    assert_eq!(introspected(&client, &json!("none-of-ours")).await, json!({ "active": false }));
}

#[tokio::test]
async fn an_opaque_access_token_says_nothing_but_to_introspection_and_userinfo() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "access_token_format": "opaque" })).await;
    let tokens = client.tokens().await;
    let token = tokens["access_token"].as_str().unwrap();
    assert!(!token.contains('.'), "{token}");
    assert_eq!(client.userinfo(token).await.status, StatusCode::OK);
    let described = introspected(&client, &tokens["access_token"]).await;
    assert_eq!((&described["active"], &described["username"]), (&json!(true), &json!("alice")));
}
