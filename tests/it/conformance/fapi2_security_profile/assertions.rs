//! How clients prove who they are at the token endpoint.

use super::{Fapi, json, now, refused};
use crate::world::Answer;
use reqwest::Method;
use serde_json::Value;

/// A token request of the first client for itself, with this assertion.
async fn with_assertion(fapi: &Fapi, assertion: &str) -> Answer {
    let proof = fapi.one.prover.proof("POST", &fapi.server.at("/token"), &json!({}));
    let form = json!({ "grant_type": "client_credentials", "client_id": "one" });
    fapi.post("/token", form, (assertion, Some(&proof))).await
}

async fn with_claims(fapi: &Fapi, changes: &Value) -> Answer {
    with_assertion(fapi, &fapi.one.key.sign(&fapi.one.claims(&fapi.server, changes))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_client_id_in_token_endpoint() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let answer = fapi.post_as(&fapi.one, "/token", fapi.redemption(&code, &json!({ "client_id": "two" }))).await;
    refused(&answer, &["invalid_client", "invalid_grant"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_signed_client_assertion_with_rs256_fails() {
    let fapi = Fapi::start();
    let claims = fapi.one.claims(&fapi.server, &json!({}));
    let assertion = fapi.one.rsa.sign_under(&json!({ "alg": "RS256", "kid": "rsa" }), &claims);
    refused(&with_assertion(&fapi, &assertion).await, &["invalid_client"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_client_assertion_in_token_endpoint() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let form = fapi.redemption(&code, &json!({ "client_id": "one" }));
    let proof = fapi.one.prover.proof("POST", &fapi.server.at("/token"), &json!({}));
    let answer = fapi.send(Method::POST, &fapi.server.at("/token"), &[("dpop", &proof)], Some(&form)).await;
    refused(&answer, &["invalid_client", "invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_client_assertion_with_exp_is_5_minutes_in_past_fails() {
    let fapi = Fapi::start();
    refused(&with_claims(&fapi, &json!({ "exp": now() - 300 })).await, &["invalid_client"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_client_assertion_with_wrong_aud_fails() {
    let fapi = Fapi::start();
    refused(&with_claims(&fapi, &json!({ "aud": "https://other.example" })).await, &["invalid_client"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_client_assertion_with_no_sub_fails() {
    let fapi = Fapi::start();
    refused(&with_claims(&fapi, &json!({ "sub": null })).await, &["invalid_client"]);
}
