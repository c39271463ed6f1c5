//! A code that is bound to a key before there is a token (RFC 9449 10).

use super::{KEY, jkt, token_proof, token_with};
use crate::world::{CLIENT, REDIRECT_URI, Scene, Told, refusal};
use gatewright_engine::binding::ProofHeader;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::token::TokenType;
use serde_json::json;

async fn redeem(scene: &Scene, code: &str, key: Option<&str>) -> Result<TokenType, ErrorCode> {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)];
    let proof = key.map(|key| token_proof(key, &json!({})));
    let header = proof.as_deref().map_or(ProofHeader::None, ProofHeader::One);
    match token_with(scene, CLIENT, (&form, header)).await {
        Ok(tokens) => Ok(tokens.token_type),
        refused => Err(refusal(refused)),
    }
}

#[tokio::test]
async fn a_bound_code_is_redeemed_with_its_key_alone_and_burnt_by_no_other() {
    let scene = Scene::new().await;
    let code = scene.code(&format!("dpop_jkt={}", jkt(KEY))).await;
    assert_eq!(redeem(&scene, &code, None).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(redeem(&scene, &code, Some("other")).await, Err(ErrorCode::InvalidGrant));
    assert_eq!(redeem(&scene, &code, Some(KEY)).await, Ok(TokenType::Dpop));
}

#[tokio::test]
async fn a_thumbprint_that_is_none_is_refused_at_once() {
    let scene = Scene::new().await;
    for jkt in ["short", &"A".repeat(44), &"!".repeat(43)] {
        assert_eq!(scene.visitor().asks(&format!("dpop_jkt={jkt}")).await.error(), "invalid_request", "{jkt}");
    }
}
