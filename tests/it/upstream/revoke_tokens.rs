//! A code that is used twice ends everything that came of it (RFC 6749 4.1.2).

use super::party::{REDIRECT_URIS, Stage};
use serde_json::json;

const SCOPE: &str = "openid profile address email phone user_name";

#[tokio::test]
async fn revoke_tokens() {
    let stage = Stage::registered(Some(SCOPE)).await;
    let read = stage.registration().await;
    assert_eq!(read["response_types"], json!(["code id_token"]));
    assert_eq!(read["redirect_uris"], json!(REDIRECT_URIS));
    assert_eq!(read["client_name"], "jans test app");
    assert_eq!(read["id_token_signed_response_alg"], "RS256");
    assert_eq!(read["application_type"], "web");
    assert_eq!(read["scope"], SCOPE);

    let granted = stage.authorize(SCOPE, None).await;
    let tokens = stage.redeem(&granted).await;
    stage.userinfo(&tokens).await;

    let again = stage.client.redeem(&granted.response["code"]).await;
    assert_eq!((again.status.as_u16(), &again.json()["error"]), (400, &json!("invalid_grant")));
    assert!(again.json()["error_description"].is_string());

    let refresh = stage.client.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!((refresh.status.as_u16(), &refresh.json()["error"]), (400, &json!("invalid_grant")));

    let userinfo = stage.client.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((userinfo.status.as_u16(), &userinfo.json()["error"]), (401, &json!("invalid_token")));
    assert!(userinfo.json()["error_description"].is_string());
}
