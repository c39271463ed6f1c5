//! Introspection answered in a JWT (RFC 9701).

use super::{keyed, scene_of};
use crate::world::{CLIENT, ISSUER, Scene, basic, params};
use gatewright_domain::client::Client;
use gatewright_protocol::jwe::JweAlgorithm;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::encryption::opened;
use gatewright_testing::signing::claims_of;
use serde_json::{Value, json};

async fn told(scene: &Scene, token: &str) -> String {
    scene.engine.introspect_in_jwt(Some(&basic(CLIENT)), &params(&[("token", token)])).await.unwrap()
}

fn header(jwt: &str) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').next().unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_told_stands_in_one_claim_for_the_one_who_asked() {
    let scene = Scene::new().await;
    let token = scene.tokens("").await.access_token;
    let jwt = told(&scene, &token).await;
    assert_eq!((&header(&jwt)["typ"], &header(&jwt)["alg"]), (&json!("token-introspection+jwt"), &json!("RS256")));
    let claims = claims_of(&jwt);
    assert_eq!(claims.keys().collect::<Vec<_>>(), ["iss", "aud", "iat", "token_introspection"]);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(CLIENT)));
    assert_eq!(claims["iat"], DEFAULT_NOW.0);
    let told_plainly = scene.introspects(&token).await.unwrap();
    assert_eq!(claims["token_introspection"], Value::Object(told_plainly));
}

#[tokio::test]
async fn of_a_token_that_is_not_good_only_that_is_told() {
    let scene = Scene::new().await;
    let claims = claims_of(&told(&scene, "made-up").await);
    assert_eq!(claims["token_introspection"], json!({ "active": false }));
}

#[tokio::test]
async fn it_is_signed_and_encrypted_as_the_client_registered() {
    let answers = AnswerMetadata {
        introspection_signed_response_alg: Some(JwsAlgorithm::ES256),
        introspection_encrypted_response_alg: Some(JweAlgorithm::EcdhEs),
        ..AnswerMetadata::default()
    };
    let scene = scene_of(Client { answers, ..keyed() }).await;
    let token = scene.tokens("").await.access_token;
    let (jwe, jwt) = opened(&told(&scene, &token).await);
    assert_eq!((&jwe["cty"], &header(&jwt)["alg"]), (&json!("JWT"), &json!("ES256")));
    assert_eq!(claims_of(&jwt)["token_introspection"]["active"], true);
}
