//! Proofs where requests are pushed (RFC 9449 10.1), and the whole of the FAPI 2.0 profile from there.

use super::{KEY, jkt, token_proof};
use crate::world::{CLIENT, ISSUER, REDIRECT_URI, Scene, Told, client, params, refusal};
use gatewright_domain::client::{Client, ClientAuthentication, ClientKeys};
use gatewright_engine::binding::{Call, Place, ProofHeader};
use gatewright_engine::error::EndpointError;
use gatewright_protocol::client_credentials::JWT_BEARER;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::security_profile::SecurityProfile;
use gatewright_protocol::token::{TokenResponse, TokenType};
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::samples::{CODE_CHALLENGE, CODE_VERIFIER};
use gatewright_testing::signing::{client_jwks, client_jwt, dpop_proof};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn scene() -> Scene {
    let scene = Scene::new().await;
    let mut held: Client = client(CLIENT);
    held.authentication = ClientAuthentication::PrivateKeyJwt { algorithm: None };
    held.keys = Some(ClientKeys::Inline(client_jwks("k1")));
    held.binding.profile = Some(SecurityProfile::Fapi2);
    scene.registers(held).await;
    scene
}

/// A form with an assertion of its own.
fn authenticated<'f>(form: &[(&'f str, &'f str)], assertion: &'f str) -> Vec<(&'f str, &'f str)> {
    let own = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
    form.iter().copied().chain(own).collect()
}

fn assertion() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let jti = format!("a-{}", MADE.fetch_add(1, Ordering::SeqCst));
    let claims = json!({ "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": DEFAULT_NOW.0 + 60, "jti": jti });
    client_jwt("k1", JwsAlgorithm::ES256, claims.as_object().unwrap())
}

fn header(proof: Option<&String>) -> ProofHeader<'_> {
    proof.map_or(ProofHeader::None, |proof| ProofHeader::One(proof))
}

/// Pushes a request with these parameters more, and a proof by `key`; answers its name.
async fn pushes(scene: &Scene, more: &[(&str, &str)], key: Option<&str>) -> Result<String, EndpointError> {
    let proof = key.map(|key| dpop_proof(key, &json!({}), &super::claims("POST", "/par", &json!({}))));
    let place = Place { method: "POST", path: "/par", origins: &[] };
    let call = Call { authorization: None, proof: header(proof.as_ref()), certificate: None, place };
    let usual = [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CODE_CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let whole: Vec<(&str, &str)> = usual.iter().copied().chain(more.iter().copied()).collect();
    let assertion = assertion();
    let pushed = scene.engine.push(call, &params(&authenticated(&whole, &assertion))).await?;
    Ok(pushed.request_uri().to_owned())
}

/// The code that a pushed request leads to.
async fn code(scene: &Scene, request_uri: &str) -> String {
    let mut visitor = scene.visitor();
    let form = params(&[("client_id", CLIENT), ("request_uri", request_uri)]);
    let outcome = scene.engine.authorize(&form, &visitor.browser).await.unwrap();
    for change in &outcome.cookies {
        if let gatewright_engine::browser::CookieChange::Browser(token) = change {
            visitor.browser.browser_cookie = Some(token.expose().to_owned());
        }
    }
    let end = visitor.completes_from(outcome).await;
    assert_eq!(end.parameter("iss"), Some(ISSUER));
    end.code().to_owned()
}

async fn redeems(scene: &Scene, form: &[(&str, &str)], key: Option<&str>) -> Result<TokenResponse, EndpointError> {
    let proof = key.map(|key| token_proof(key, &json!({})));
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: None, proof: header(proof.as_ref()), certificate: None, place };
    let assertion = assertion();
    scene.engine.token(call, &params(&authenticated(form, &assertion))).await
}

fn by_code(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
    ]
}

#[tokio::test]
async fn a_code_is_bound_to_the_key_that_its_request_was_pushed_with() {
    let scene = scene().await;
    let code = code(&scene, &pushes(&scene, &[], Some(KEY)).await.unwrap()).await;
    let other = redeems(&scene, &by_code(&code), Some("other")).await;
    assert_eq!(refusal(other), ErrorCode::InvalidGrant);
    let tokens = redeems(&scene, &by_code(&code), Some(KEY)).await.unwrap();
    assert_eq!(tokens.token_type, TokenType::Dpop);
}

#[tokio::test]
async fn a_proof_by_another_key_than_the_request_names_is_refused_where_it_is_pushed() {
    let scene = scene().await;
    let (own, other) = (jkt(KEY), jkt("other"));
    let mismatched = pushes(&scene, &[("dpop_jkt", other.as_str())], Some(KEY)).await;
    assert_eq!(refusal(mismatched), ErrorCode::InvalidDpopProof);
    assert!(pushes(&scene, &[("dpop_jkt", own.as_str())], Some(KEY)).await.is_ok());
    let named = pushes(&scene, &[("dpop_jkt", own.as_str())], None).await.unwrap();
    let code = code(&scene, &named).await;
    assert_eq!(refusal(redeems(&scene, &by_code(&code), Some("other")).await), ErrorCode::InvalidGrant);
    assert!(redeems(&scene, &by_code(&code), Some(KEY)).await.is_ok());
}

#[tokio::test]
async fn a_client_of_the_profile_keeps_its_refresh_token_and_uses_it_with_a_proof_alone() {
    let scene = scene().await;
    let code = code(&scene, &pushes(&scene, &[], None).await.unwrap()).await;
    let tokens = redeems(&scene, &by_code(&code), Some(KEY)).await.unwrap();
    let refresh_token = tokens.refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    assert_eq!(refusal(redeems(&scene, &form, None).await), ErrorCode::InvalidRequest);
    for _ in 0..3 {
        let next = redeems(&scene, &form, Some(KEY)).await.unwrap();
        assert_eq!((next.refresh_token, next.token_type), (None, TokenType::Dpop));
        assert_ne!(next.access_token, tokens.access_token);
    }
}

#[tokio::test]
async fn a_request_of_the_profile_needs_pkce_and_asks_for_a_code_alone() {
    let scene = scene().await;
    for (more, code) in [
        (("code_challenge", ""), ErrorCode::InvalidRequest),
        (("response_type", "code id_token"), ErrorCode::UnauthorizedClient),
    ] {
        let usual = [
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("nonce", "n"),
            ("response_type", "code"),
            ("code_challenge", CODE_CHALLENGE),
        ];
        let kept = usual.iter().copied().map(|own| if own.0 == more.0 { more } else { own });
        let mut whole: Vec<(&str, &str)> = kept.filter(|(_, value)| !value.is_empty()).collect();
        if more.0 != "code_challenge" {
            whole.push(("code_challenge_method", "S256"));
        }
        let assertion = assertion();
        let answer = scene.engine.push(None, &params(&authenticated(&whole, &assertion))).await;
        assert_eq!(refusal(answer), code, "{more:?}");
    }
}

#[tokio::test]
async fn a_code_of_the_profile_is_none_after_a_minute() {
    let scene = scene().await;
    let code = code(&scene, &pushes(&scene, &[], None).await.unwrap()).await;
    scene.clock.advance(61);
    let proof = token_proof(KEY, &json!({ "iat": DEFAULT_NOW.0 + 61 }));
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: None, proof: ProofHeader::One(&proof), certificate: None, place };
    let claims = json!({ "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": DEFAULT_NOW.0 + 120, "jti": "late" });
    let assertion = client_jwt("k1", JwsAlgorithm::ES256, claims.as_object().unwrap());
    let answer = scene.engine.token(call, &params(&authenticated(&by_code(&code), &assertion))).await;
    assert_eq!(refusal(answer), ErrorCode::InvalidGrant);
}
