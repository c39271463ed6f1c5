//! A page left open in one tab while another signs out: what was decided about who is gone does not hold.

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, first_party, two_factors};
use gatewright_engine::authorization::{Answered, PageKind, PageToShow};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::signing::claims_of;

async fn consent_page(scene: &Scene) -> (crate::world::Visitor<'_>, gatewright_engine::authorization::Outcome, String) {
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let consent = visitor.signs_in(&asked).await;
    let token = visitor.sees(&consent).await.token;
    (visitor, consent, token)
}

fn next(answered: Answered) -> gatewright_engine::authorization::Outcome {
    match answered {
        Answered::Next(outcome) => outcome,
        Answered::Again(shown) => panic!("{shown:?}"),
    }
}

#[tokio::test]
async fn a_consent_page_left_open_gives_no_code_after_the_end_user_signed_out() {
    let scene = Scene::new().await;
    let (mut visitor, consent, token) = consent_page(&scene).await;
    let session = visitor.browser.session_cookie.clone();
    let gatewright_engine::logout::LogoutAnswer::Confirm { token: confirmation, .. } =
        visitor.signs_out(&[], None).await
    else {
        panic!("a sign-out without a hint is to be confirmed")
    };
    visitor.signs_out(&[], Some(&confirmation)).await;

    // Whoever kept the cookie has no more than whoever lost it.
    for cookie in [session, None] {
        visitor.browser.session_cookie = cookie;
        let looked = visitor.looks(&consent).await;
        assert!(matches!(looked, Err(WalkError::Direct(DirectError::NoInteraction))), "nor does it name them");
    }
    let outcome = next(visitor.posts(&consent, &token, (&[], Some("allow"))).await.unwrap());
    assert_eq!(outcome.page(), Some(PageKind::SignIn));
    let subject = gatewright_testing::samples::word(gatewright_testing::samples::SUBJECT);
    let client = gatewright_testing::samples::word(CLIENT);
    assert_eq!(scene.stores.consents.find(&subject, &client).await.unwrap(), None, "nor was anything allowed");
    let again = visitor.signs_in(&outcome).await;
    assert_eq!(again.page(), Some(PageKind::Consent));
    assert!(visitor.presses(&again, "allow").await.parameter("code").is_some());
}

#[tokio::test]
async fn a_consent_page_of_one_end_user_is_not_answered_by_the_next() {
    let scene = Scene::new().await;
    let (mut visitor, consent, token) = consent_page(&scene).await;
    let asked = visitor.asks("prompt=login").await;
    visitor.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let outcome = next(visitor.posts(&consent, &token, (&[], Some("allow"))).await.unwrap());
    assert_eq!(outcome.page(), Some(PageKind::Consent), "Bob is asked on a page of his own");
    assert_eq!(visitor.sees(&outcome).await.user.unwrap().username, BOB);
    let done = visitor.presses(&outcome, "allow").await;
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["sub"], BOB);
}

#[tokio::test]
async fn a_step_up_page_left_open_is_a_whole_sign_in_after_the_end_user_signed_out() {
    let scene = Scene::under(two_factors()).await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("acr_values=otp").await;
    let shown = visitor.sees(&asked).await;
    assert!(matches!(shown.page, PageToShow::Form(form) if form.title == "One-time code"));
    assert!(shown.user.is_some());
    visitor.browser.session_cookie = None;
    assert!(visitor.looks(&asked).await.is_err());
    let outcome = next(visitor.posts(&asked, &shown.token, (&[("code", "123456")], None)).await.unwrap());
    assert_eq!(visitor.sees(&outcome).await.user, None, "the code did not stand for who was here");
    assert!(visitor.browser.session_cookie.is_none());
}

#[tokio::test]
async fn a_step_up_in_another_tab_leaves_an_open_page_good() {
    let scene = Scene::under(two_factors()).await;
    let (mut visitor, consent, _) = consent_page(&scene).await;
    let asked = visitor.asks("acr_values=otp").await;
    visitor.signs_in(&asked).await;
    assert!(visitor.presses(&consent, "allow").await.parameter("code").is_some());
}
