//! Tokens that are bound to a key.

use super::{KEY, bound_tokens, jkt, own_token, token_proof, userinfo, userinfo_proof};
use crate::world::{CLIENT, Parts, Scene, client, refusal};
use gatewright_domain::client::{AccessTokenFormat, Client};
use gatewright_engine::binding::ProofHeader;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::token::TokenType;
use gatewright_testing::signing::claims_of;
use serde_json::json;

#[tokio::test]
async fn a_token_asked_for_with_a_proof_is_bound_to_its_key_in_either_form() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let scene = Scene::new().await;
        let mut bound = client(CLIENT);
        bound.tokens.access_token_format = format;
        scene.registers(bound).await;
        let proof = token_proof(KEY, &json!({}));
        let tokens = own_token(&scene, ProofHeader::One(&proof)).await.unwrap();
        assert_eq!(tokens.token_type, TokenType::Dpop);
        let told = scene.introspects(&tokens.access_token).await.unwrap();
        assert_eq!(told["token_type"], "DPoP", "{format:?}");
        assert_eq!(told["cnf"], json!({ "jkt": jkt(KEY) }), "{format:?}");
        if format == AccessTokenFormat::Jwt {
            assert_eq!(claims_of(&tokens.access_token)["cnf"], json!({ "jkt": jkt(KEY) }));
        }
    }
}

#[tokio::test]
async fn a_token_asked_for_without_a_proof_is_a_bearer_token() {
    let scene = Scene::new().await;
    let tokens = own_token(&scene, ProofHeader::None).await.unwrap();
    assert_eq!(tokens.token_type, TokenType::Bearer);
    let told = scene.introspects(&tokens.access_token).await.unwrap();
    assert_eq!((told["token_type"].as_str(), told.get("cnf")), (Some("Bearer"), None));
}

#[tokio::test]
async fn a_client_whose_tokens_must_be_bound_gets_none_without_a_proof() {
    let scene = Scene::new().await;
    let binding = BindingMetadata { dpop_bound_access_tokens: Some(true), ..BindingMetadata::default() };
    scene.registers(Client { binding, ..client(CLIENT) }).await;
    assert_eq!(refusal(own_token(&scene, ProofHeader::None).await), ErrorCode::InvalidDpopProof);
    let proof = token_proof(KEY, &json!({}));
    assert!(own_token(&scene, ProofHeader::One(&proof)).await.is_ok());
}

#[tokio::test]
async fn a_bound_token_is_used_with_a_proof_of_its_key_alone() {
    let scene = Scene::new().await;
    let token = bound_tokens(&scene).await.access_token;
    let by = |key| userinfo_proof(key, &token, &json!({}));
    let dpop = (token.as_str(), TokenType::Dpop);
    assert!(userinfo(&scene, dpop, ProofHeader::One(&by(KEY))).await.is_ok());
    let other = userinfo(&scene, dpop, ProofHeader::One(&by("other"))).await;
    assert_eq!(refusal(other), ErrorCode::InvalidToken);
    assert_eq!(refusal(userinfo(&scene, dpop, ProofHeader::None).await), ErrorCode::InvalidDpopProof);
    // Presented as a bearer token it is nobody's, with a proof and without.
    let bearer = (token.as_str(), TokenType::Bearer);
    assert_eq!(refusal(userinfo(&scene, bearer, ProofHeader::None).await), ErrorCode::InvalidToken);
    assert_eq!(refusal(userinfo(&scene, bearer, ProofHeader::One(&by(KEY))).await), ErrorCode::InvalidToken);
    assert_eq!(refusal(scene.engine.userinfo(&token).await), ErrorCode::InvalidToken);
}

#[tokio::test]
async fn a_bearer_token_is_not_presented_as_a_bound_one() {
    let scene = Scene::new().await;
    let token = scene.tokens("").await.access_token;
    let proof = userinfo_proof(KEY, &token, &json!({}));
    let answer = userinfo(&scene, (token.as_str(), TokenType::Dpop), ProofHeader::One(&proof)).await;
    assert_eq!(refusal(answer), ErrorCode::InvalidToken);
    // A proof that nobody asked for is not looked at.
    let bearer = (token.as_str(), TokenType::Bearer);
    assert!(userinfo(&scene, bearer, ProofHeader::One("no proof")).await.is_ok());
}

#[tokio::test]
async fn the_metadata_names_the_algorithms_of_proofs() {
    let metadata = serde_json::to_value(Parts::new().built().await.engine.metadata()).unwrap();
    assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(["ES256", "EdDSA", "PS256"]));
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], false);
}
