//! `prompt` (OpenID Connect Core 3.1.2.1, 3.1.2.6).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, asking_password, broken, first_party};
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::{AfterAuthenticationDecision, ConsentDecision};
use gatewright_engine::authorization::{PageKind, PageToShow};
use gatewright_testing::policies::password_page;
use gatewright_testing::signing::claims_of;

#[tokio::test]
async fn none_without_a_session_is_login_required_and_shows_no_page() {
    let scene = Scene::new().await;
    let outcome = scene.visitor().asks("prompt=none").await;
    assert_eq!(outcome.error(), "login_required");
    assert!(outcome.cookies.is_empty());
}

#[tokio::test]
async fn none_with_a_session_and_remembered_consent_is_answered_silently() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert!(visitor.asks("prompt=none").await.parameter("code").is_some());
}

#[tokio::test]
async fn none_without_consent_is_consent_required() {
    let scene = Scene::new().await;
    scene.registers(crate::world::client("other")).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("prompt=none&client_id=other").await.error(), "consent_required");
    assert_eq!(visitor.asks("prompt=none&scope=openid+email").await.error(), "consent_required");
}

#[tokio::test]
async fn none_is_consent_required_where_a_consent_hook_would_ask() {
    let policy = asking_password().on_consent(|input, host| {
        if input.login.client.id == CLIENT {
            return Ok(FlowEnd::Decided(ConsentDecision::BuiltIn));
        }
        host.ask(password_page(None))?;
        host.waiting()
    });
    let scene = Scene::under(policy).await;
    scene.registers(crate::world::client("other")).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("prompt=none&client_id=other").await.error(), "consent_required");
}

#[tokio::test]
async fn none_is_consent_required_where_the_policy_wants_consent_anew() {
    let policy = asking_password().on_after_authentication(|_| Ok(AfterAuthenticationDecision::AskConsent));
    let scene = Scene::under(policy).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("prompt=none").await.error(), "consent_required");
}

#[tokio::test]
async fn login_asks_who_is_signed_in_again() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let before = visitor.completes("").await;
    let before = claims_of(&scene.redeems(CLIENT, before.code()).await.unwrap().id_token.unwrap());
    scene.clock.advance(30);
    let asked = visitor.asks("prompt=login").await;
    assert_eq!(asked.page(), Some(PageKind::SignIn));
    let after = visitor.signs_in(&asked).await;
    let after = claims_of(&scene.redeems(CLIENT, after.code()).await.unwrap().id_token.unwrap());
    assert_eq!(after["auth_time"].as_i64().unwrap(), before["auth_time"].as_i64().unwrap() + 30);
}

#[tokio::test]
async fn consent_asks_although_it_was_given() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("prompt=consent").await.page(), Some(PageKind::Consent));
    scene.registers(first_party(CLIENT)).await;
    assert_eq!(
        visitor.asks("prompt=consent").await.page(),
        Some(PageKind::Consent),
        "even of the operator's own client"
    );
}

#[tokio::test]
async fn login_and_consent_together_ask_both() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("prompt=login+consent").await;
    assert_eq!(asked.page(), Some(PageKind::SignIn));
    let asked = visitor.signs_in(&asked).await;
    assert_eq!(asked.page(), Some(PageKind::Consent));
    assert!(visitor.presses(&asked, "allow").await.parameter("code").is_some());
}

#[tokio::test]
async fn select_account_offers_the_sessions_account() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("prompt=select_account").await;
    let shown = visitor.sees(&asked).await;
    assert_eq!((shown.page, shown.kind), (PageToShow::ChooseAccount, PageKind::SignIn));
    assert_eq!(shown.user.unwrap().username, "alice");
    assert!(visitor.presses(&asked, "continue").await.parameter("code").is_some());
}

#[tokio::test]
async fn select_account_lets_someone_else_sign_in() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("prompt=select_account").await;
    let other = visitor.presses(&asked, "other").await;
    assert_eq!(
        visitor.sees(&other).await.page,
        PageToShow::Form(match password_page(None) {
            gatewright_domain::page::Page::Form(form) => form,
            page => panic!("{page:?}"),
        })
    );
    let done = visitor.signs_in_as(&other, BOB, BOBS_PASSWORD).await;
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["sub"], BOB);
}

#[tokio::test]
async fn select_account_without_a_session_is_a_plain_sign_in() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("prompt=select_account").await;
    assert!(matches!(visitor.sees(&asked).await.page, PageToShow::Form(_)));
    assert!(visitor.signs_in(&asked).await.parameter("code").is_some(), "who just signed in is not asked to choose");
}

#[tokio::test]
async fn a_choice_of_account_is_gone_when_the_session_is() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("prompt=select_account").await;
    visitor.browser.session_cookie = None;
    assert!(visitor.looks(&asked).await.is_err(), "there is no account to choose");
}

#[tokio::test]
async fn none_never_runs_into_a_hook_that_signs_in() {
    let scene = Scene::under(asking_password().on_authenticate(|_, _| broken())).await;
    let outcome = scene.visitor().asks("prompt=none").await;
    assert_eq!(outcome.error(), "login_required");
    assert!(outcome.fault.is_none());
}
