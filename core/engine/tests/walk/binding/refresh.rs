//! Refresh tokens: those of public clients are bound to the key, those of others to the client (RFC 9449 5).

use super::{KEY, token_proof};
use crate::world::{CLIENT, REDIRECT_URI, Scene, client, params, refusal};
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_engine::binding::{Call, Place, ProofHeader};
use gatewright_engine::error::EndpointError;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::token::{TokenResponse, TokenType};
use gatewright_testing::samples::{CODE_CHALLENGE, CODE_VERIFIER};
use serde_json::json;

/// A token request of the public client, with a proof by `key` where there is one.
async fn asks(scene: &Scene, form: &[(&str, &str)], key: Option<&str>) -> Result<TokenResponse, EndpointError> {
    let proof = key.map(|key| token_proof(key, &json!({})));
    let header = proof.as_deref().map_or(ProofHeader::None, ProofHeader::One);
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: None, proof: header, certificate: None, place };
    let whole: Vec<(&str, &str)> = form.iter().copied().chain([("client_id", CLIENT)]).collect();
    scene.engine.token(call, &params(&whole)).await
}

async fn first(scene: &Scene, key: Option<&str>) -> TokenResponse {
    let code = scene.code(&format!("code_challenge={CODE_CHALLENGE}&code_challenge_method=S256")).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", CODE_VERIFIER),
    ];
    asks(scene, &form, key).await.unwrap()
}

#[tokio::test]
async fn a_public_clients_refresh_token_is_bound_to_its_key() {
    let scene = Scene::new().await;
    scene.registers(Client { authentication: ClientAuthentication::None {}, ..client(CLIENT) }).await;
    let refresh_token = first(&scene, Some(KEY)).await.refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    assert_eq!(refusal(asks(&scene, &form, None).await), ErrorCode::InvalidGrant);
    assert_eq!(refusal(asks(&scene, &form, Some("other")).await), ErrorCode::InvalidGrant);
    let next = asks(&scene, &form, Some(KEY)).await.unwrap();
    assert_eq!(next.token_type, TokenType::Dpop, "and was burnt by none of the others");
    let next = next.refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", next.as_str())];
    assert_eq!(refusal(asks(&scene, &form, Some("other")).await), ErrorCode::InvalidGrant, "so is the next one");
}

#[tokio::test]
async fn a_confidential_client_may_change_its_key() {
    let scene = Scene::new().await;
    let tokens = super::bound_tokens(&scene).await;
    let refresh_token = tokens.refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let proof = token_proof("other", &json!({}));
    let next = super::token_with(&scene, CLIENT, (&form, ProofHeader::One(&proof))).await.unwrap();
    let told = scene.introspects(&next.access_token).await.unwrap();
    assert_eq!(told["cnf"], json!({ "jkt": super::jkt("other") }));
}
