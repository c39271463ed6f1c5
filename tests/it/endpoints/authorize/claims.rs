//! The `claims` parameter (OpenID Connect Core 5.5).

use crate::world::{RelyingParty, Server, jwt};
use serde_json::json;

#[tokio::test]
async fn claims_are_told_by_name_and_where_they_were_asked_for() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server).asking("openid");
    let claims = json!({ "userinfo": { "nickname": null }, "id_token": { "email": { "essential": true } } });
    let code = client.code(&[("claims", &claims.to_string())]).await;
    let tokens = client.redeem(&code).await.json();
    let id_token = jwt::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token["email"], "alice@example.com");
    assert!(id_token.get("nickname").is_none(), "{id_token}");
    let userinfo = client.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(userinfo["nickname"], "Al");
    assert!(userinfo.get("email").is_none() && userinfo.get("name").is_none(), "{userinfo}");
}
