//! `id_token_hint` (OpenID Connect Core 3.1.2.1).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, first_party};
use gatewright_domain::client::Client;
use gatewright_domain::signing::{Signer, TokenType};
use gatewright_engine::authorization::PageKind;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::subject_type::SubjectType;
use gatewright_testing::samples::SUBJECT;
use gatewright_testing::signing::{TestSigner, claims_of, client_jwt};
use serde_json::json;

/// An ID token of ours for whoever signs in at `client`.
async fn hint_of(scene: &Scene, client: &str, username: &str, password: &str) -> String {
    let mut visitor = scene.visitor();
    let asked = visitor.asks(&format!("client_id={client}")).await;
    let done = visitor.signs_in_as(&asked, username, password).await;
    scene.redeems(client, done.code()).await.unwrap().id_token.unwrap()
}

async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    scene
}

#[tokio::test]
async fn a_hint_of_who_is_signed_in_is_answered_silently_even_when_it_has_expired() {
    let scene = scene().await;
    let mut visitor = scene.visitor();
    let done = visitor.completes("").await;
    let hint = scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap();
    scene.clock.advance(2 * 3600);
    let query = format!("prompt=none&id_token_hint={hint}");
    assert!(visitor.asks(&query).await.parameter("code").is_some());
}

#[tokio::test]
async fn a_hint_of_someone_else_is_login_required_without_a_page_and_asks_with_one() {
    let scene = scene().await;
    let hint = hint_of(&scene, CLIENT, BOB, BOBS_PASSWORD).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks(&format!("prompt=none&id_token_hint={hint}")).await.error(), "login_required");
    let asked = visitor.asks(&format!("id_token_hint={hint}")).await;
    assert_eq!(asked.page(), Some(PageKind::SignIn));
    let done = visitor.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["sub"], BOB);
}

#[tokio::test]
async fn whoever_signs_in_for_a_hint_of_someone_else_is_not_given_to_the_client() {
    let scene = scene().await;
    let hint = hint_of(&scene, CLIENT, BOB, BOBS_PASSWORD).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks(&format!("id_token_hint={hint}")).await;
    assert_eq!(visitor.signs_in(&asked).await.error(), "login_required");
    assert!(visitor.browser.session_cookie.is_some(), "they are signed in here all the same");
}

#[tokio::test]
async fn a_hint_that_is_no_id_token_of_ours_for_this_client_names_nobody() {
    let scene = scene().await;
    scene.registers(first_party("other")).await;
    let claims = json!({ "iss": "https://id.example", "sub": SUBJECT, "aud": CLIENT });
    let claims = claims.as_object().unwrap();
    let access_token = TestSigner::default().sign(JwsAlgorithm::ES256, TokenType::AccessToken, claims).unwrap();
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    for hint in [
        hint_of(&scene, "other", "alice", gatewright_testing::samples::PASSWORD).await,
        client_jwt("test-ES256", JwsAlgorithm::ES256, claims),
        access_token,
        "e30.e30.".to_owned(),
        "garbage".to_owned(),
    ] {
        let silent = visitor.asks(&format!("prompt=none&id_token_hint={hint}")).await;
        assert_eq!(silent.error(), "login_required", "{hint}");
        let asked = visitor.asks(&format!("id_token_hint={hint}")).await;
        assert_eq!(asked.page(), Some(PageKind::SignIn), "{hint}");
        assert!(visitor.signs_in(&asked).await.parameter("code").is_some(), "a sign-in answers it");
    }
}

#[tokio::test]
async fn a_pairwise_client_names_the_end_user_as_it_knows_them() {
    let scene = scene().await;
    let pairwise = |id: &str, sector: &str| Client {
        subject_type: SubjectType::Pairwise,
        sector: Some(sector.to_owned()),
        ..first_party(id)
    };
    scene.registers(pairwise(CLIENT, "client.example.com")).await;
    let mut visitor = scene.visitor();
    let done = visitor.completes("").await;
    let hint = scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap();
    assert_ne!(claims_of(&hint)["sub"], SUBJECT);
    assert!(visitor.asks(&format!("prompt=none&id_token_hint={hint}")).await.parameter("code").is_some());
}
