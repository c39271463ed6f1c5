//! Codes and refresh tokens.

use super::{Fapi, json, refused};
use reqwest::StatusCode;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_code_is_bound_to_client() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    refused(&fapi.post_as(&fapi.two, "/token", fapi.redemption(&code, &json!({}))).await, &["invalid_grant"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempt_reuse_authorization_code_after_one_second() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let first = fapi.post_as(&fapi.one, "/token", fapi.redemption(&code, &json!({}))).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    tokio::time::sleep(Duration::from_secs(1)).await;
    refused(&fapi.post_as(&fapi.one, "/token", fapi.redemption(&code, &json!({}))).await, &["invalid_grant"]);
    let token = first.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(fapi.resource(&fapi.one, &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_token_endpoint_fails_with_expired_auth_code() {
    // That it is a minute at most is a rule of its own; here it is less, so that nobody waits.
    let fapi = Fapi::with("lifetimes.code_s = 1\n");
    let code = fapi.code(&fapi.one).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    refused(&fapi.post_as(&fapi.one, "/token", fapi.redemption(&code, &json!({}))).await, &["invalid_grant"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_pkce_code_verifier_required() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let form = fapi.redemption(&code, &json!({ "code_verifier": null }));
    refused(&fapi.post_as(&fapi.one, "/token", form).await, &["invalid_grant"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn incorrect_pkce_code_verifier_rejected() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let form = fapi.redemption(&code, &json!({ "code_verifier": "x".repeat(43) }));
    refused(&fapi.post_as(&fapi.one, "/token", form).await, &["invalid_grant"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_token() {
    let fapi = Fapi::start();
    let (one, two) = (fapi.tokens(&fapi.one).await, fapi.tokens(&fapi.two).await);
    let form =
        |tokens: &serde_json::Value| json!({ "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"] });
    for _ in 0..2 {
        let answer = fapi.post_as(&fapi.one, "/token", form(&one)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let next = answer.json();
        assert!(next.get("refresh_token").is_none(), "it is not rotated: {next}");
        let token = next["access_token"].as_str().unwrap();
        assert_eq!(fapi.resource(&fapi.one, token).await.status, StatusCode::OK);
    }
    refused(&fapi.post_as(&fapi.one, "/token", form(&two)).await, &["invalid_grant"]);
    let assertion = fapi.one.key.sign(&fapi.one.claims(&fapi.server, &json!({})));
    let without = fapi.post("/token", form(&one), (&assertion, None)).await;
    refused(&without, &["invalid_request", "invalid_grant", "invalid_dpop_proof"]);
}
