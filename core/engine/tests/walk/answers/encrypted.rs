//! ID tokens and userinfo answers that are encrypted to the client (OpenID Connect Core 2, 5.3.2, 10.2).

use super::{keyed, scene_of, sharing};
use crate::world::{CLIENT, Told, refusal};
use gatewright_domain::client::{Client, ClientKeys, TokenPreferences};
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::hashes::left_half_hash;
use gatewright_protocol::jwe::{JweAlgorithm, JweEncryption};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_testing::encryption::{encryption_jwks, opened};
use gatewright_testing::samples::SUBJECT;
use gatewright_testing::signing::{claims_of, client_jwks};
use serde_json::{Value, json};

const JWKS_URI: &str = "https://client.example.com/jwks";

fn id_tokens_by(alg: JweAlgorithm) -> AnswerMetadata {
    AnswerMetadata {
        id_token_encrypted_response_alg: Some(alg),
        id_token_encrypted_response_enc: Some(JweEncryption::A256Gcm),
        ..AnswerMetadata::default()
    }
}

fn userinfo_by(alg: JweAlgorithm) -> AnswerMetadata {
    AnswerMetadata { userinfo_encrypted_response_alg: Some(alg), ..AnswerMetadata::default() }
}

#[tokio::test]
async fn an_id_token_is_signed_first_and_then_encrypted() {
    let answers = id_tokens_by(JweAlgorithm::EcdhEs);
    let scene = scene_of(Client { answers, ..keyed() }).await;
    let tokens = scene.tokens("").await;
    let (header, jwt) = opened(&tokens.id_token.unwrap());
    let expected = json!({ "alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT", "kid": "enc-1" });
    assert_eq!(header, expected);
    let claims = claims_of(&jwt);
    assert_eq!(claims["sub"], SUBJECT);
    assert_eq!(claims["at_hash"], left_half_hash(JwsAlgorithm::ES256, &tokens.access_token));
}

#[tokio::test]
async fn an_id_token_of_the_front_channel_is_encrypted_too() {
    let answers = id_tokens_by(JweAlgorithm::Dir);
    let scene = scene_of(Client { answers, ..sharing() }).await;
    let outcome = scene.visitor().completes("response_type=code+id_token").await;
    let (header, jwt) = opened(outcome.parameter("id_token").unwrap());
    assert_eq!((&header["alg"], header.get("kid")), (&json!("dir"), None));
    assert_eq!(claims_of(&jwt)["c_hash"], left_half_hash(JwsAlgorithm::ES256, outcome.code()));
}

#[tokio::test]
async fn a_userinfo_answer_is_encrypted_json_or_a_nested_jwt() {
    let answers = userinfo_by(JweAlgorithm::RsaOaep256);
    for (algorithm, nested) in [(None, false), (Some(JwsAlgorithm::ES256), true)] {
        let tokens = TokenPreferences { userinfo_algorithm: algorithm, ..keyed().tokens };
        let scene = scene_of(Client { answers: answers.clone(), tokens, ..keyed() }).await;
        let tokens = scene.tokens("").await;
        let UserinfoAnswer::Jwt(jwe) = scene.engine.userinfo(&tokens.access_token).await.unwrap() else {
            panic!("it is not encrypted");
        };
        let (header, text) = opened(&jwe);
        assert_eq!(header.get("cty").is_some(), nested);
        assert_eq!(header["enc"], "A128CBC-HS256", "what is meant where the client says nothing");
        let claims = if nested { claims_of(&text) } else { serde_json::from_str(&text).unwrap() };
        assert_eq!((&claims["sub"], claims.get("aud").is_some()), (&json!(SUBJECT), nested));
    }
}

#[tokio::test]
async fn a_client_without_a_key_that_fits_is_told_and_its_code_is_not_used_up() {
    let signing_only = Some(ClientKeys::Inline(client_jwks("sig-1")));
    let unfit = Client { keys: signing_only, answers: id_tokens_by(JweAlgorithm::EcdhEs), ..keyed() };
    let scene = scene_of(unfit).await;
    let code = scene.code("").await;
    for _ in 0..2 {
        assert_eq!(refusal(scene.redeems(CLIENT, &code).await), ErrorCode::InvalidRequest);
    }
    scene.registers(Client { answers: id_tokens_by(JweAlgorithm::EcdhEs), ..keyed() }).await;
    assert!(scene.redeems(CLIENT, &code).await.is_ok(), "mended, it gets its tokens");
    let hybrid = Client { keys: None, answers: id_tokens_by(JweAlgorithm::EcdhEs), ..keyed() };
    scene.registers(hybrid).await;
    let outcome = scene.visitor().completes("response_type=code+id_token").await;
    assert_eq!(outcome.error(), "invalid_request");
}

#[tokio::test]
async fn keys_at_a_jwks_uri_are_fetched_anew_when_none_of_them_fits() {
    let keys = Some(ClientKeys::Uri(JWKS_URI.to_owned()));
    let scene = scene_of(Client { keys, answers: userinfo_by(JweAlgorithm::EcdhEs), ..keyed() }).await;
    let access_token = scene.tokens("").await.access_token;
    assert_eq!(refusal(scene.engine.userinfo(&access_token).await), ErrorCode::InvalidRequest, "unreachable");
    scene.documents.put(JWKS_URI, client_jwks("sig-1"));
    assert_eq!(refusal(scene.engine.userinfo(&access_token).await), ErrorCode::InvalidRequest, "none fits");
    scene.documents.put(JWKS_URI, encryption_jwks("enc-2"));
    scene.clock.advance(6);
    let UserinfoAnswer::Jwt(jwe) = scene.engine.userinfo(&access_token).await.unwrap() else { panic!("plain") };
    assert_eq!(opened(&jwe).0["kid"], Value::from("enc-2"));
}
