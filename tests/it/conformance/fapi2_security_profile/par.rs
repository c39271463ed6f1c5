//! Pushed authorization requests (RFC 9126; FAPI 2.0 Security Profile 5.3.2.2).

use super::party::{Party, is_refused, is_turned_down, now};
use crate::conformance::suite::Provider;
use crate::world::Browser;
use crate::world::relying_party::request;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

const OF_THE_REQUEST: [&str; 4] =
    ["invalid_request", "invalid_request_object", "invalid_request_uri", "request_uri_not_supported"];
const OF_THE_CLIENT: [&str; 2] = ["invalid_client", "invalid_request"];
/// How long a pushed request may be used where a test waits for its end, in seconds.
const SHORT_S: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let party = Party::new().await;
    let name = party.pushed(&[]).await;
    let browser = Browser::new();
    party.opens(&browser, &name, &[]).await.asks_to_sign_in();
    let landing = party.opens(&browser, &name, &[]).await;
    let response = party.suite.goes_on(&party.client, &browser, landing).await;
    assert_eq!(response["state"], "pushed");
    party.redeems(&response).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_reuse_request_uri() {
    let party = Party::new().await;
    let name = party.pushed(&[]).await;
    party.redeems(&party.response(&name, &[]).await).await;
    is_turned_down(party.opens(&Browser::new(), &name, &[]).await, &["invalid_request_uri"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_to_use_expired_request_uri() {
    let provider = Provider::with(&format!("lifetimes.pushed_request_s = {SHORT_S}\n"));
    let party = Party::at(provider.into()).await;
    let name = party.pushed(&[]).await;
    tokio::time::sleep(Duration::from_secs(SHORT_S + 1)).await;
    is_turned_down(party.opens(&Browser::new(), &name, &[]).await, &OF_THE_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted() {
    let party = Party::new().await;
    let assertion = party.assertion(json!({ "nbf": now() + 8 }));
    let form = [
        ("response_type", "code"),
        ("redirect_uri", party.client.redirect_uri.as_str()),
        ("scope", "openid"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    let answer = party.posts("/par", &form, &assertion).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails() {
    let party = Party::new().await;
    let assertion = party.assertion(json!({ "nbf": now() + 70, "exp": now() + 130 }));
    is_refused(&party.posts("/par", &[("response_type", "code")], &assertion).await, &OF_THE_CLIENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_to_use_request_uri_for_different_client() {
    let (party, other) = (Party::new().await, Party::new().await);
    let name = party.pushed(&[]).await;
    is_turned_down(other.opens(&Browser::new(), &name, &[]).await, &OF_THE_REQUEST);
    party.redeems(&party.response(&name, &[]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn par_authorization_request_containing_request_uri_form_param() {
    let party = Party::new().await;
    for uri in ["urn:ietf:params:oauth:request_uri:random", "https://client.example/request.jwt"] {
        is_refused(&party.pushes(&[("request_uri", uri)]).await, &OF_THE_REQUEST);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_invalid_http_method() {
    let party = Party::new().await;
    for method in [Method::GET, Method::PUT] {
        let answer = request(method.clone(), &party.suite.provider.server.at("/par"), None, None).await;
        assert_eq!(answer.status, 405, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn par_ensure_pkce_required() {
    let party = Party::new().await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    is_refused(&party.pushes(&without).await, &["invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_plain_pkce_rejected() {
    let party = Party::new().await;
    is_refused(&party.pushes(&[("code_challenge_method", "plain")]).await, &["invalid_request"]);
    is_refused(&party.pushes(&[("code_challenge_method", "")]).await, &["invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_without_duplicate_parameters() {
    let party = Party::new().await;
    let name = party.pushed(&[]).await;
    let tokens = party.redeems(&party.response(&name, &[]).await).await;
    assert_eq!(party.suite.id_token(&party.client, &tokens).await["nonce"], "n-1");
}
