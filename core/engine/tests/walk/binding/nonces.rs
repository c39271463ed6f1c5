//! Nonces of the server (RFC 9449 8 and 9).

use super::{KEY, bound_tokens, own_token, token_proof, userinfo, userinfo_proof};
use crate::world::{Parts, Scene, refusal};
use gatewright_engine::binding::{NONCE_S, ProofHeader};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::token::TokenType;
use gatewright_testing::clock::DEFAULT_NOW;
use serde_json::json;

async fn scene() -> Scene {
    let mut parts = Parts::new();
    parts.settings.binding.dpop_nonces = true;
    parts.built().await
}

async fn asks(scene: &Scene, nonce: Option<&str>, later_s: u64) -> Result<(), ErrorCode> {
    let iat = DEFAULT_NOW.plus(later_s).0;
    let proof = token_proof(KEY, &json!({ "nonce": nonce, "iat": iat }));
    match own_token(scene, ProofHeader::One(&proof)).await {
        Ok(_) => Ok(()),
        refused => Err(refusal(refused)),
    }
}

#[tokio::test]
async fn a_proof_needs_a_nonce_of_this_server() {
    let scene = scene().await;
    let nonce = scene.engine.dpop_nonce().unwrap();
    assert_eq!(asks(&scene, None, 0).await, Err(ErrorCode::UseDpopNonce));
    assert_eq!(asks(&scene, Some("of another server"), 0).await, Err(ErrorCode::UseDpopNonce));
    assert_eq!(asks(&scene, Some(&nonce), 0).await, Ok(()));
}

#[tokio::test]
async fn a_nonce_works_until_the_one_after_it_is_old() {
    let scene = scene().await;
    let first = scene.engine.dpop_nonce().unwrap();
    scene.clock.advance(i64::try_from(NONCE_S).unwrap());
    let second = scene.engine.dpop_nonce().unwrap();
    assert_ne!(first, second);
    assert_eq!(asks(&scene, Some(&first), NONCE_S).await, Ok(()));
    assert_eq!(asks(&scene, Some(&second), NONCE_S).await, Ok(()));
    scene.clock.advance(i64::try_from(NONCE_S).unwrap());
    assert_eq!(asks(&scene, Some(&first), 2 * NONCE_S).await, Err(ErrorCode::UseDpopNonce));
    assert_eq!(asks(&scene, Some(&second), 2 * NONCE_S).await, Ok(()));
}

#[tokio::test]
async fn a_resource_wants_a_nonce_too() {
    let plain = Scene::new().await;
    assert_eq!(plain.engine.dpop_nonce(), None, "where nonces are not wanted there are none");
    let scene = scene().await;
    let nonce = scene.engine.dpop_nonce().unwrap();
    let proof = token_proof(KEY, &json!({ "nonce": nonce }));
    let code = scene.code("").await;
    let form =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", crate::world::REDIRECT_URI)];
    let tokens = super::token_with(&scene, crate::world::CLIENT, (&form, ProofHeader::One(&proof))).await.unwrap();
    let presented = (tokens.access_token.as_str(), TokenType::Dpop);
    let without = userinfo_proof(KEY, presented.0, &json!({}));
    let answer = userinfo(&scene, presented, ProofHeader::One(&without)).await;
    assert_eq!(refusal(answer), ErrorCode::UseDpopNonce);
    let with = userinfo_proof(KEY, presented.0, &json!({ "nonce": nonce }));
    assert!(userinfo(&scene, presented, ProofHeader::One(&with)).await.is_ok());
    assert_eq!(bound_tokens(&plain).await.token_type, TokenType::Dpop);
}
