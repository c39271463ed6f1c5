//! Answers signed with the client's secret (OpenID Connect Core 10.1: HS256).

use super::{scene_of, sharing};
use crate::world::{CLIENT, Told};
use gatewright_domain::client::{Client, TokenPreferences};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::ForeignJwt;
use gatewright_engine::logout::LogoutAnswer;
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::samples::{CLIENT_SECRET, SUBJECT};
use gatewright_testing::signing::{TestSigner, secret_jwt};
use serde_json::json;

fn by_secret() -> Client {
    let tokens = TokenPreferences {
        id_token_algorithm: JwsAlgorithm::HS256,
        userinfo_algorithm: Some(JwsAlgorithm::HS256),
        ..sharing().tokens
    };
    Client { tokens, ..sharing() }
}

#[tokio::test]
async fn id_token_and_userinfo_are_signed_with_the_secret_where_the_client_wants_it() {
    let scene = scene_of(by_secret()).await;
    let tokens = scene.tokens("").await;
    let UserinfoAnswer::Jwt(userinfo) = scene.engine.userinfo(&tokens.access_token).await.unwrap() else {
        panic!("it is not signed");
    };
    for jwt in [&tokens.id_token.unwrap(), &userinfo] {
        let verified = |secret: &str| TestSigner::default().verify_with_secret(jwt, &SecretText::new(secret));
        assert_eq!(verified(CLIENT_SECRET).unwrap()["sub"], SUBJECT);
        assert!(verified("another secret").is_err());
    }
}

#[tokio::test]
async fn without_a_readable_secret_nothing_is_consumed_or_signed() {
    let scene = scene_of(Client { sealed_secret: None, ..by_secret() }).await;
    let code = scene.code("").await;
    assert!(scene.redeems(CLIENT, &code).await.is_err());
    scene.registers(by_secret()).await;
    assert!(scene.redeems(CLIENT, &code).await.is_ok());
}

#[tokio::test]
async fn an_id_token_signed_with_the_secret_is_a_hint_for_its_own_client() {
    let scene = scene_of(by_secret()).await;
    let mut visitor = scene.visitor();
    let outcome = visitor.completes("").await;
    let id_token = scene.redeems(CLIENT, outcome.code()).await.unwrap().id_token.unwrap();
    let again = visitor.asks(&format!("prompt=none&id_token_hint={id_token}")).await;
    assert!(again.parameter("code").is_some());
    let another = json!({ "iss": "https://id.example", "aud": CLIENT, "sub": "bob" });
    let other = secret_jwt(CLIENT_SECRET, another.as_object().unwrap());
    assert_eq!(visitor.asks(&format!("prompt=none&id_token_hint={other}")).await.error(), "login_required");
    let forged = secret_jwt("another secret", json!({ "aud": CLIENT, "sub": SUBJECT }).as_object().unwrap());
    assert_eq!(visitor.asks(&format!("prompt=none&id_token_hint={forged}")).await.error(), "login_required");
    let answer = visitor.signs_out(&[("id_token_hint", &id_token)], None).await;
    assert!(matches!(answer, LogoutAnswer::Confirm { .. } | LogoutAnswer::SignedOut { .. }));
}
