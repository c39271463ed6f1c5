//! `/revoke` (RFC 7009 2).

use crate::world::{RelyingParty, Server};
use reqwest::StatusCode;
use serde_json::Value;

async fn revoke(client: &RelyingParty, token: &Value) {
    let answer = client.post("/revoke", &[("token", token.as_str().unwrap())]).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn an_access_token_ends_alone_and_a_refresh_token_with_all_that_came_of_it() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let tokens = client.tokens().await;
    let first = tokens["access_token"].as_str().unwrap();
    assert_eq!(client.userinfo(first).await.status, StatusCode::OK);
    revoke(&client, &tokens["access_token"]).await;
    assert_eq!(client.userinfo(first).await.status, StatusCode::UNAUTHORIZED);

    let refreshed = client.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.body);
    let refreshed = refreshed.json();
    let second = refreshed["access_token"].as_str().unwrap();
    assert_eq!(client.userinfo(second).await.status, StatusCode::OK);
    revoke(&client, &refreshed["refresh_token"]).await;
    assert_eq!(client.userinfo(second).await.status, StatusCode::UNAUTHORIZED);
    let answer = client.refresh(refreshed["refresh_token"].as_str().unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (400, Some("invalid_grant")));
}
