//! The account that is disabled in the middle.

use crate::world::{CLIENT, Scene, Told, first_party, refusal, two_factors};
use gatewright_engine::authorization::PageKind;
use gatewright_engine::browser::CookieChange;
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_protocol::error::ErrorCode;
use gatewright_testing::samples::{SUBJECT, word};

#[tokio::test]
async fn an_account_that_is_disabled_before_it_signs_in_is_denied() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    scene.accounts.disable(SUBJECT);
    assert_eq!(visitor.signs_in(&asked).await.error(), "access_denied");
    assert!(visitor.browser.session_cookie.is_none());
}

#[tokio::test]
async fn an_account_that_is_disabled_at_the_consent_page_gets_no_code() {
    for query in ["", "response_type=code+id_token", "response_type=id_token"] {
        let scene = Scene::new().await;
        let mut visitor = scene.visitor();
        let asked = visitor.asks(query).await;
        let consent = visitor.signs_in(&asked).await;
        let token = visitor.sees(&consent).await.token;
        scene.accounts.disable(SUBJECT);
        let looked = visitor.looks(&consent).await;
        assert!(matches!(looked, Err(WalkError::Direct(DirectError::NoInteraction))), "{query}");
        match visitor.posts(&consent, &token, (&[], Some("allow"))).await.unwrap() {
            gatewright_engine::authorization::Answered::Next(outcome) => assert_eq!(outcome.error(), "access_denied"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_session_of_a_disabled_account_is_none() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    scene.accounts.disable(SUBJECT);
    let outcome = visitor.asks("prompt=none").await;
    assert_eq!(outcome.error(), "login_required");
    assert!(matches!(outcome.cookies[..], [CookieChange::EndSession]), "its cookie is taken away");
    assert_eq!(visitor.asks("").await.page(), Some(PageKind::SignIn));
}

#[tokio::test]
async fn an_account_that_is_enabled_again_has_to_sign_in_again() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let done = visitor.completes("").await;
    let tokens = scene.redeems(CLIENT, done.code()).await.unwrap();
    for disabled in [true, false] {
        scene.stores.users.set_disabled(&word(SUBJECT), disabled).await.unwrap();
        assert_eq!(visitor.asks("prompt=none").await.error(), "login_required");
        assert!(!scene.lives(&tokens.access_token).await);
        let refused = scene.refreshes(CLIENT, tokens.refresh_token.as_deref().unwrap(), &[]).await;
        assert_eq!(refusal(refused), ErrorCode::InvalidGrant);
        let signed_in = visitor.completes("").await;
        assert_eq!(signed_in.parameter("code").is_some(), !disabled);
    }
}

#[tokio::test]
async fn a_disabled_account_does_not_step_up() {
    let scene = Scene::under(two_factors()).await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    scene.accounts.disable(SUBJECT);
    let asked = visitor.asks("acr_values=otp").await;
    assert_eq!(asked.page(), Some(PageKind::SignIn));
    assert_eq!(visitor.signs_in(&asked).await.error(), "access_denied");
}

#[tokio::test]
async fn the_code_and_the_tokens_of_a_disabled_account_stop_working() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    let code = scene.code("").await;
    scene.accounts.disable(SUBJECT);
    assert_eq!(refusal(scene.redeems(CLIENT, &code).await), ErrorCode::InvalidGrant);
    let refresh_token = tokens.refresh_token.unwrap();
    assert_eq!(refusal(scene.refreshes(CLIENT, &refresh_token, &[]).await), ErrorCode::InvalidGrant);
    assert_eq!(refusal(scene.engine.userinfo(&tokens.access_token).await), ErrorCode::InvalidToken);
    assert_eq!(scene.introspects(&tokens.access_token).await, None);
    assert_eq!(scene.introspects(&refresh_token).await, None);
}
