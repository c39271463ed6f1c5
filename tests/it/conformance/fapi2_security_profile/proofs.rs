//! DPoP proofs where requests are pushed and codes redeemed.

use super::{Fapi, json, now, refused};
use crate::endpoints::dpop::Prover;
use crate::world::Answer;
use crate::world::relying_party::response_of;
use reqwest::StatusCode;
use serde_json::Value;

/// Errors that a wrong proof may be told by.
const WRONG_PROOF: [&str; 3] = ["invalid_grant", "invalid_dpop_proof", "invalid_request"];

/// The first client's form, with a proof by `prover`.
async fn post_by(fapi: &Fapi, (path, form): (&str, Value), prover: &Prover, claims: &Value) -> Answer {
    let proof = prover.proof("POST", &fapi.server.at(path), claims);
    let assertion = fapi.one.key.sign(&fapi.one.claims(&fapi.server, &json!({})));
    fapi.post(path, form, (&assertion, Some(&proof))).await
}

async fn code_of(fapi: &Fapi, pushed: &Answer) -> String {
    let url = fapi.url_of(&fapi.one, pushed);
    response_of(&fapi.browser.sign_in(&url, "alice", "wonderland").await)["code"].clone()
}

/// A whole grant in which all proofs were made at another time.
async fn all_proofs_made_at(later_s: i64) {
    let fapi = Fapi::start();
    let claims = json!({ "iat": i64::try_from(now()).unwrap() + later_s });
    let request = fapi.request(&fapi.one, &json!({}));
    let code = code_of(&fapi, &post_by(&fapi, ("/par", request), &fapi.one.prover, &claims).await).await;
    let answer = post_by(&fapi, ("/token", fapi.redemption(&code, &json!({}))), &fapi.one.prover, &claims).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let mut claims = claims;
    claims["ath"] = super::resource::ath(&token).into();
    let proof = fapi.one.prover.proof("GET", &fapi.server.at("/userinfo"), &claims);
    let answer = fapi.resource_with((&format!("DPoP {token}"), &[proof.as_str()])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    all_proofs_made_at(-10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    all_proofs_made_at(10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_dpop_proof_nbf_exp() {
    let fapi = Fapi::start();
    let form = || json!({ "grant_type": "client_credentials" });
    let fine = json!({ "nbf": now() - 5, "exp": now() + 60 });
    assert_eq!(post_by(&fapi, ("/token", form()), &fapi.one.prover, &fine).await.status, StatusCode::OK);
    for bad in [json!({ "exp": now() - 5 }), json!({ "nbf": now() + 300 })] {
        refused(&post_by(&fapi, ("/token", form()), &fapi.one.prover, &bad).await, &["invalid_dpop_proof"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_mismatched_dpop_jkt_fails() {
    let fapi = Fapi::start();
    let request = fapi.request(&fapi.one, &json!({ "dpop_jkt": fapi.two.prover.thumbprint() }));
    let pushed = post_by(&fapi, ("/par", request), &fapi.one.prover, &json!({})).await;
    refused(&pushed, &["invalid_dpop_proof", "invalid_request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let form = fapi.redemption(&code, &json!({}));
    refused(&post_by(&fapi, ("/token", form), &fapi.two.prover, &json!({})).await, &WRONG_PROOF);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    let fapi = Fapi::start();
    let request = fapi.request(&fapi.one, &json!({ "dpop_jkt": fapi.one.prover.thumbprint() }));
    let assertion = fapi.one.key.sign(&fapi.one.claims(&fapi.server, &json!({})));
    let code = code_of(&fapi, &fapi.post("/par", request, (&assertion, None)).await).await;
    let form = fapi.redemption(&code, &json!({}));
    refused(&post_by(&fapi, ("/token", form), &fapi.two.prover, &json!({})).await, &WRONG_PROOF);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpopproof_at_par_endpoint_binding_success() {
    let fapi = Fapi::start();
    assert_eq!(fapi.tokens(&fapi.one).await["token_type"], "DPoP");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_dpop_auth_code_binding_success() {
    let fapi = Fapi::start();
    let request = fapi.request(&fapi.one, &json!({ "dpop_jkt": fapi.one.prover.thumbprint() }));
    let assertion = fapi.one.key.sign(&fapi.one.claims(&fapi.server, &json!({})));
    let code = code_of(&fapi, &fapi.post("/par", request, (&assertion, None)).await).await;
    let form = fapi.redemption(&code, &json!({}));
    let answer = post_by(&fapi, ("/token", form), &fapi.one.prover, &json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_holder_of_key_required() {
    let fapi = Fapi::start();
    let code = fapi.code(&fapi.one).await;
    let assertion = fapi.one.key.sign(&fapi.one.claims(&fapi.server, &json!({})));
    let answer = fapi.post("/token", fapi.redemption(&code, &json!({})), (&assertion, None)).await;
    refused(&answer, &WRONG_PROOF);
}
