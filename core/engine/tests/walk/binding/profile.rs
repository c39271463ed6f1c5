//! `profile = "fapi2"`, on a client and on the server. The rules themselves are tested where they stand.

use super::{KEY, token_proof};
use crate::world::{CLIENT, ISSUER, Parts, Scene, Told, client, params, refusal};
use gatewright_domain::client::{Client, ClientAuthentication, ClientKeys};
use gatewright_engine::binding::{Call, Place, ProofHeader};
use gatewright_protocol::client_credentials::JWT_BEARER;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::metadata::ClientMetadata;
use gatewright_protocol::security_profile::SecurityProfile;
use gatewright_protocol::token::{TokenResponse, TokenType};
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::signing::{client_jwks, client_jwt};
use serde_json::{Value, json};

fn held() -> Client {
    let mut held = client(CLIENT);
    held.authentication = ClientAuthentication::PrivateKeyJwt { algorithm: None };
    held.keys = Some(ClientKeys::Inline(client_jwks("k1")));
    held.binding.profile = Some(SecurityProfile::Fapi2);
    held
}

/// A token request with an assertion and, where wanted, a proof.
async fn asks(
    scene: &Scene,
    (algorithm, changes): (JwsAlgorithm, Value),
    has_proof: bool,
) -> Result<TokenResponse, ErrorCode> {
    let mut claims = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": DEFAULT_NOW.0 + 60, "jti": changes.to_string(),
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let assertion = client_jwt("k1", algorithm, claims.as_object().unwrap());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion.as_str()),
    ];
    let proof = token_proof(KEY, &json!({}));
    let header = if has_proof { ProofHeader::One(&proof) } else { ProofHeader::None };
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: None, proof: header, certificate: None, place };
    match scene.engine.token(call, &params(&form)).await {
        Ok(tokens) => Ok(tokens),
        refused => Err(refusal(refused)),
    }
}

#[tokio::test]
async fn an_assertion_is_for_the_issuers_text_and_not_by_rs256() {
    let scene = Scene::new().await;
    scene.registers(held()).await;
    let es256 = JwsAlgorithm::ES256;
    assert!(asks(&scene, (es256, json!({ "jti": "1" })), true).await.is_ok());
    assert!(asks(&scene, (es256, json!({ "jti": "2", "nbf": DEFAULT_NOW.0 + 8 })), true).await.is_ok());
    for changes in [
        json!({ "aud": [ISSUER] }),
        json!({ "aud": [ISSUER, "https://other.example"] }),
        json!({ "aud": format!("{ISSUER}/token") }),
        json!({ "aud": format!("{ISSUER}/par") }),
        json!({ "aud": "https://other.example" }),
        json!({ "nbf": DEFAULT_NOW.0 + 61 }),
        json!({ "exp": DEFAULT_NOW.0 - 300 }),
        json!({ "sub": null }),
    ] {
        assert_eq!(
            asks(&scene, (es256, changes.clone()), true).await.err(),
            Some(ErrorCode::InvalidClient),
            "{changes}"
        );
    }
    let rs256 = asks(&scene, (JwsAlgorithm::RS256, json!({ "jti": "3" })), true).await;
    assert_eq!(rs256.err(), Some(ErrorCode::InvalidClient));
}

#[tokio::test]
async fn no_token_goes_to_a_sender_that_shows_nothing() {
    let scene = Scene::new().await;
    scene.registers(held()).await;
    let without = asks(&scene, (JwsAlgorithm::ES256, json!({ "jti": "1" })), false).await;
    assert_eq!(without.err(), Some(ErrorCode::InvalidRequest));
    let with = asks(&scene, (JwsAlgorithm::ES256, json!({ "jti": "2" })), true).await.unwrap();
    assert_eq!(with.token_type, TokenType::Dpop);
}

#[tokio::test]
async fn a_request_that_was_not_pushed_is_refused() {
    let scene = Scene::new().await;
    scene.registers(held()).await;
    assert_eq!(scene.visitor().asks("").await.error(), "invalid_request");
}

#[tokio::test]
async fn a_client_with_a_secret_is_let_in_by_no_server_of_the_profile() {
    let mut parts = Parts::new();
    parts.settings.binding.profile = Some(SecurityProfile::Fapi2);
    let scene = parts.built().await;
    let form = [("grant_type", "client_credentials")];
    assert_eq!(refusal(scene.token(CLIENT, &form).await), ErrorCode::InvalidClient);
    let metadata = serde_json::to_value(scene.engine.metadata()).unwrap();
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], json!(["ES256", "PS256", "EdDSA"]));
}

#[tokio::test]
async fn the_profile_is_the_operators_to_say() {
    let mut parts = Parts::new();
    parts.settings.open_registration = true;
    let scene = parts.built().await;
    let document = json!({
        "redirect_uris": ["https://c.example/cb"], "token_endpoint_auth_method": "private_key_jwt",
        "jwks": client_jwks("k1"), "id_token_signed_response_alg": "ES256", "profile": "fapi2",
    });
    let answer = scene.engine.register(document.to_string().as_bytes()).await;
    assert_eq!(refusal(answer), ErrorCode::InvalidClientMetadata);
    let made = scene.engine.vouched_client(ClientMetadata::from_json(&document).unwrap()).await.unwrap();
    assert_eq!(made.client.binding.profile, Some(SecurityProfile::Fapi2));
    assert_eq!(made.client.registered_metadata.unwrap()["profile"], "fapi2");
    let mut weaker = document;
    weaker["token_endpoint_auth_method"] = "client_secret_basic".into();
    let answer = scene.engine.vouched_client(ClientMetadata::from_json(&weaker).unwrap()).await;
    assert_eq!(refusal(answer), ErrorCode::InvalidClientMetadata);
}
