//! Signed request objects that are pushed, under FAPI 2.0 Message Signing 5.3.1; one test a row of the plan
//! `fapi2-message-signing-final-test-plan`.

use super::request_objects::{keyed, members, unsigned};
use crate::world::{CLIENT, ISSUER, Parts, REDIRECT_URI, Scene, Told, basic, params, refusal};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::signing::client_jwt_with;
use serde_json::{Value, json};

const NOW: i64 = DEFAULT_NOW.0;

async fn scene() -> Scene {
    let mut parts = Parts::new();
    parts.settings.requests.fapi_objects = true;
    let scene = parts.built().await;
    let requests = RequestMetadata {
        require_signed_request_object: Some(true),
        require_pushed_authorization_requests: Some(true),
        ..RequestMetadata::default()
    };
    scene.registers(keyed(requests)).await;
    scene
}

/// The claims of a request with nothing wrong in it, with these changes; `null` takes one away.
fn claims(changes: Value) -> Value {
    let mut whole = json!({
        "iss": CLIENT, "aud": ISSUER, "client_id": CLIENT, "nbf": NOW, "exp": NOW + 300, "response_type": "code",
        "redirect_uri": REDIRECT_URI, "scope": "openid", "state": "signed", "nonce": "n1",
    });
    for (name, value) in members(changes) {
        whole[name] = value;
    }
    members(whole).into_iter().filter(|(_, value)| !value.is_null()).collect::<serde_json::Map<_, _>>().into()
}

fn signed_by(kid: &str, algorithm: JwsAlgorithm, changes: Value) -> String {
    let header = json!({ "alg": algorithm, "kid": kid, "typ": "oauth-authz-req+jwt" });
    client_jwt_with(&header, &members(claims(changes)), kid)
}

async fn pushes(scene: &Scene, object: &str) -> Result<String, ErrorCode> {
    match scene.engine.push(Some(basic(CLIENT).as_str()), &params(&[("request", object)])).await {
        Ok(pushed) => Ok(pushed.request_uri().to_owned()),
        refused => Err(refusal(refused)),
    }
}

async fn succeeds(changes: Value) {
    let scene = scene().await;
    let name = pushes(&scene, &signed_by("k1", JwsAlgorithm::PS256, changes)).await.unwrap();
    let query = format!("redirect_uri=&response_type=&scope=&state=&nonce=&request_uri={name}");
    let outcome = scene.visitor().completes(&query).await;
    assert_eq!(outcome.parameter("state"), Some("signed"));
    assert!(scene.redeems(CLIENT, outcome.code()).await.is_ok());
}

async fn fails(object: &str) {
    assert_eq!(pushes(&scene().await, object).await, Err(ErrorCode::InvalidRequestObject));
}

async fn fails_with(changes: Value) {
    fails(&signed_by("k1", JwsAlgorithm::PS256, changes)).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_with_multiple_aud_succeeds() {
    succeeds(json!({ "aud": [ISSUER, "https://other.example"] })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted() {
    succeeds(json!({ "nbf": NOW + 8 })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_without_exp_fails() {
    fails_with(json!({ "exp": null })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_without_nbf_fails() {
    fails_with(json!({ "nbf": null })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_expired_request_object_fails() {
    fails_with(json!({ "nbf": NOW - 600, "exp": NOW - 300 })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_with_bad_aud_fails() {
    fails_with(json!({ "aud": "https://other.example" })).await;
    fails_with(json!({ "aud": format!("{ISSUER}/par") })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_with_exp_over_60_fails() {
    fails_with(json!({ "exp": NOW + 70 * 60 })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_with_nbf_over_60_fails() {
    fails_with(json!({ "nbf": NOW - 70 * 60 })).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_signed_request_object_with_rs256_fails() {
    fails(&signed_by("k1", JwsAlgorithm::RS256, json!({}))).await;
    for algorithm in [JwsAlgorithm::PS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA] {
        assert!(pushes(&scene().await, &signed_by("k1", algorithm, json!({}))).await.is_ok(), "{algorithm}");
    }
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_signature_algorithm_is_not_none() {
    fails(&unsigned(claims(json!({})))).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_request_object_with_invalid_signature_fails() {
    let good = signed_by("k1", JwsAlgorithm::PS256, json!({}));
    fails(&format!("{good}x")).await;
    let (signed, _) = good.rsplit_once('.').unwrap();
    fails(&format!("{signed}.")).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_matching_key_in_authorization_request() {
    fails(&signed_by("k2", JwsAlgorithm::PS256, json!({}))).await;
}

#[tokio::test]
async fn fapi2_message_signing_final_ensure_unsigned_request_at_par_endpoint_fails() {
    let form = params(&[("response_type", "code"), ("redirect_uri", REDIRECT_URI), ("scope", "openid")]);
    let refused = scene().await.engine.push(Some(basic(CLIENT).as_str()), &form).await;
    assert_eq!(refusal(refused), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn fapi2_message_signing_final_par_authorization_request_containing_request_uri() {
    fails_with(json!({ "request_uri": "urn:ietf:params:oauth:request_uri:random" })).await;
}

#[tokio::test]
async fn parameters_beside_a_pushed_request_object_do_not_count() {
    let scene = scene().await;
    let object = signed_by("k1", JwsAlgorithm::ES256, json!({ "state": null }));
    let form = params(&[("request", &object), ("state", "beside"), ("scope", "openid email")]);
    let pushed = scene.engine.push(Some(basic(CLIENT).as_str()), &form).await.unwrap();
    let outcome = scene.visitor().completes(&format!("request_uri={}", pushed.request_uri())).await;
    assert_eq!(outcome.parameter("state"), None);
    assert_eq!(scene.redeems(CLIENT, outcome.code()).await.unwrap().scope.unwrap().to_string(), "openid");
}
