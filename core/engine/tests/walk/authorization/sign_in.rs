//! The plain trip: a page, its answer, the response (OpenID Connect Core 3.1.2.3 to 3.1.2.5).

use crate::world::{ALICE, CLIENT, ISSUER, Parts, Scene, Told, asking_password, authenticated, first_party};
use gatewright_domain::clock::Clock;
use gatewright_domain::page::Page;
use gatewright_engine::authorization::{Answered, PageKind, PageToShow};
use gatewright_testing::policies::{FixedPolicy, password_page};
use gatewright_testing::samples::{SUBJECT, word};
use gatewright_testing::signing::claims_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn form_of(page: Page) -> PageToShow {
    match page {
        Page::Form(form) => PageToShow::Form(form),
        Page::Consent(question) => PageToShow::Consent { question, claims: vec![] },
    }
}

#[tokio::test]
async fn the_end_user_signs_in_on_a_page_consents_and_the_client_gets_a_code() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    assert_eq!(asked.page(), Some(PageKind::SignIn));
    assert_eq!(visitor.sees(&asked).await.page, form_of(password_page(None)));

    let signed_in = visitor.signs_in(&asked).await;
    assert_eq!(signed_in.page(), Some(PageKind::Consent));
    let shown = visitor.sees(&signed_in).await;
    assert_eq!(shown.user.map(|user| user.subject.to_string()).as_deref(), Some(SUBJECT));

    let allowed = visitor.presses(&signed_in, "allow").await;
    assert_eq!(allowed.parameter("state"), Some("s1"));
    assert_eq!(allowed.parameter("iss"), Some(ISSUER));
    let tokens = scene.redeems(CLIENT, allowed.code()).await.unwrap();
    let claims = claims_of(&tokens.id_token.unwrap());
    assert_eq!(claims["sub"], SUBJECT);
    assert_eq!(claims["nonce"], "n1");
    assert_eq!(claims["aud"], CLIENT);
    assert_eq!(claims["acr"], "pwd");
}

#[tokio::test]
async fn a_page_can_be_looked_at_again_and_again_and_nothing_runs() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let policy = FixedPolicy::new().on_authenticate(move |_, host| {
        counted.fetch_add(1, Ordering::SeqCst);
        host.ask(password_page(None))?;
        host.waiting()
    });
    let scene = Scene::under(policy).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let first = visitor.sees(&asked).await;
    let second = visitor.sees(&asked).await;
    assert_eq!((first.page, first.token), (second.page, second.token));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_wrong_password_is_asked_for_again_and_never_signs_in() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let again = visitor.signs_in_as(&asked, "alice", "guess").await;
    assert_eq!(visitor.sees(&again).await.page, form_of(password_page(Some("Wrong username or password"))));
    assert!(visitor.browser.session_cookie.is_none());
    assert_eq!(visitor.signs_in(&again).await.page(), Some(PageKind::Consent));
}

#[tokio::test]
async fn a_form_that_is_not_filled_in_is_shown_again_and_no_hook_runs() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let policy = FixedPolicy::new().on_authenticate(move |_, host| {
        counted.fetch_add(1, Ordering::SeqCst);
        if host.ask(password_page(None))?.is_none() { host.waiting() } else { authenticated(word(SUBJECT)) }
    });
    let scene = Scene::under(policy).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    match visitor.posts(&asked, &token, (&[("username", "alice")], None)).await.unwrap() {
        Answered::Again(shown) => {
            let PageToShow::Form(form) = shown.page else { panic!("{:?}", shown.page) };
            assert!(form.fields[1].error.is_some(), "the password is missing");
            assert_eq!(form.fields[0].value.as_deref(), Some("alice"));
        }
        Answered::Next(outcome) => panic!("{outcome:?}"),
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    // The page is the same still, and so is its token.
    assert!(matches!(visitor.posts(&asked, &token, (&ALICE, None)).await.unwrap(), Answered::Next(_)));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn single_sign_on_stores_no_interaction() {
    let scene = Parts::under(asking_password()).built().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    let end = |scene: &Scene| scene.clock.now().plus(scene.engine.settings().lifetimes.interaction_s);

    let asked = visitor.asks("response_type=id_token").await;
    assert_eq!(scene.stores.sweeper.sweep(end(&scene)).await.unwrap(), 1, "a waiting interaction is stored");

    let asked = match visitor.looks(&asked).await {
        Err(_) => visitor.asks("response_type=id_token").await,
        Ok(shown) => panic!("{shown:?} was swept"),
    };
    visitor.signs_in(&asked).await;
    assert_eq!(scene.stores.sweeper.sweep(end(&scene)).await.unwrap(), 0, "a finished one is gone");

    let silent = visitor.asks("response_type=id_token").await;
    assert!(silent.parameter("id_token").is_some());
    assert!(silent.cookies.is_empty());
    assert_eq!(scene.stores.sweeper.sweep(end(&scene)).await.unwrap(), 0, "single sign-on needs none");
}
