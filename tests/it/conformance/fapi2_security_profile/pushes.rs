//! Pushed requests, and the assertions that they are pushed with.

use super::{Fapi, json, now, refused};
use crate::world::Answer;
use crate::world::relying_party::response_of;
use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;

/// Pushes the first client's request with another assertion.
async fn push_with(fapi: &Fapi, changes: &Value) -> Answer {
    let assertion = fapi.one.key.sign(&fapi.one.claims(&fapi.server, changes));
    fapi.post("/par", fapi.request(&fapi.one, &json!({})), (&assertion, None)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let fapi = Fapi::start();
    let url = fapi.url_of(&fapi.one, &fapi.push(&fapi.one, &json!({})).await);
    assert_eq!(fapi.browser.open(&url).await.status, StatusCode::OK);
    let response = response_of(&fapi.browser.sign_in(&url, "alice", "wonderland").await);
    assert!(response.contains_key("code"), "{response:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_reuse_request_uri() {
    let fapi = Fapi::start();
    let url = fapi.url_of(&fapi.one, &fapi.push(&fapi.one, &json!({})).await);
    assert!(response_of(&fapi.browser.sign_in(&url, "alice", "wonderland").await).contains_key("code"));
    fapi.turned_down(&url, &["invalid_request_uri"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_to_use_expired_request_uri() {
    let fapi = Fapi::with("lifetimes.pushed_request_s = 5\n");
    let url = fapi.url_of(&fapi.one, &fapi.push(&fapi.one, &json!({})).await);
    tokio::time::sleep(Duration::from_millis(6_100)).await;
    fapi.turned_down(&url, &["invalid_request_uri", "invalid_request"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_to_use_request_uri_for_different_client() {
    let fapi = Fapi::start();
    let pushed = fapi.push(&fapi.one, &json!({})).await.json();
    let url = fapi.url("two", pushed["request_uri"].as_str().unwrap());
    fapi.turned_down(&url, &["invalid_request", "invalid_request_object", "invalid_request_uri"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn par_authorization_request_containing_request_uri_form_param() {
    let fapi = Fapi::start();
    let pushed = fapi.push(&fapi.one, &json!({ "request_uri": "https://client.example/request" })).await;
    refused(&pushed, &["invalid_request", "invalid_request_object", "request_uri_not_supported"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_pkce_required() {
    let fapi = Fapi::start();
    let without = json!({ "code_challenge": null, "code_challenge_method": null });
    refused(&fapi.push(&fapi.one, &without).await, &["invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_plain_pkce_rejected() {
    let fapi = Fapi::start();
    for changes in [json!({ "code_challenge_method": "plain" }), json!({ "code_challenge_method": null })] {
        refused(&fapi.push(&fapi.one, &changes).await, &["invalid_request"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_without_duplicate_parameters() {
    let fapi = Fapi::start();
    let response = fapi.authorized(&fapi.one, &json!({})).await;
    assert!(response.contains_key("code"), "{response:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted() {
    let fapi = Fapi::start();
    let pushed = push_with(&fapi, &json!({ "nbf": now() + 8, "iat": now() + 8 })).await;
    assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails() {
    let fapi = Fapi::start();
    let pushed = push_with(&fapi, &json!({ "nbf": now() + 75, "exp": now() + 300 })).await;
    refused(&pushed, &["invalid_client", "invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_test_array_as_audience_fails() {
    let fapi = Fapi::start();
    for aud in [json!([fapi.server.issuer]), json!([fapi.server.issuer, "https://other.example"])] {
        refused(&push_with(&fapi, &json!({ "aud": aud })).await, &["invalid_client", "invalid_request"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_test_par_endpoint_url_as_audience_fails() {
    let fapi = Fapi::start();
    let pushed = push_with(&fapi, &json!({ "aud": fapi.server.at("/par") })).await;
    refused(&pushed, &["invalid_client", "invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_test_token_endpoint_url_as_audience_fails() {
    let fapi = Fapi::start();
    let pushed = push_with(&fapi, &json!({ "aud": fapi.server.at("/token") })).await;
    refused(&pushed, &["invalid_client", "invalid_request"]);
}
