//! What a pushed request asks, and what stands beside its name (RFC 9101 5, FAPI 2.0 Security Profile 5.3.2.2).

use super::party::{Party, is_refused, is_turned_down};
use crate::world::{Browser, jwt};
use serde_json::Value;

const OF_THE_REQUEST: [&str; 2] = ["invalid_request", "invalid_request_object"];
const OF_THE_TYPE: [&str; 3] = ["unsupported_response_type", "invalid_request", "unauthorized_client"];

/// The ID token's `nonce` at the end of a flow that began with these changes, and the `state` that came back.
async fn came_back(changes: &[(&str, &str)], beside: &[(&str, &str)]) -> (Value, Option<String>) {
    let party = Party::new().await;
    let name = party.pushed(changes).await;
    let response = party.response(&name, beside).await;
    let tokens = party.redeems(&response).await;
    let claims = jwt::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims.get("s_hash"), None);
    (claims["nonce"].clone(), response.get("state").cloned())
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_without_state_success() {
    assert_eq!(came_back(&[("state", "")], &[]).await.1, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_without_nonce_success() {
    assert_eq!(came_back(&[("nonce", "")], &[]).await.0, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_64_char_nonce_success() {
    let nonce = "n".repeat(64);
    assert_eq!(came_back(&[("nonce", &nonce)], &[]).await.0, nonce);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_long_nonce() {
    let nonce = "0123456789ab".repeat(32);
    assert_eq!(came_back(&[("nonce", &nonce)], &[]).await.0, nonce);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_long_state() {
    let state = "0123456789abcdef".repeat(16);
    assert_eq!(came_back(&[("state", &state)], &[]).await.1, Some(state));
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_other_scope_order_succeeds() {
    assert_eq!(came_back(&[("scope", "email openid")], &[]).await.1.as_deref(), Some("pushed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_different_nonce_inside_and_outside_request_object() {
    assert_eq!(came_back(&[], &[("nonce", "beside")]).await.0, "n-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_different_state_inside_and_outside_request_object() {
    assert_eq!(came_back(&[], &[("state", "beside")]).await.1.as_deref(), Some("pushed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn state_only_outside_request_object_not_used() {
    assert_eq!(came_back(&[("state", "")], &[("state", "beside")]).await.1, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_without_redirect_uri_fails() {
    let party = Party::new().await;
    is_refused(&party.pushes(&[("redirect_uri", "")]).await, &OF_THE_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_redirect_uri_in_authorization_request() {
    let party = Party::new().await;
    let answer = party.pushes(&[("redirect_uri", "")]).await;
    is_refused(&answer, &OF_THE_REQUEST);
    assert!(answer.body.contains("redirect_uri"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_fapi_ensure_registered_redirect_uri() {
    let party = Party::new().await;
    is_refused(&party.pushes(&[("redirect_uri", "https://unregistered.example/callback")]).await, &OF_THE_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let party = Party::new().await;
    let landing = party.suite.opens(&party.client, &Browser::new(), &[]).await;
    is_turned_down(landing, &["invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_response_type_code_idtoken_fails() {
    let party = Party::new().await;
    is_refused(&party.pushes(&[("response_type", "code id_token")]).await, &OF_THE_TYPE);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_response_type_token_fails() {
    let party = Party::new().await;
    is_refused(&party.pushes(&[("response_type", "token")]).await, &OF_THE_TYPE);
}
