//! `visit`: the browser goes elsewhere for a hook and comes back with what it was given there.

use crate::world::{CLIENT, ISSUER, Parts, Scene, Told, authenticated, first_party};
use gatewright_domain::flow::{HostAnswer, HostCall, Visit};
use gatewright_engine::authorization::{Outcome, PageToShow, Step};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::word;
use gatewright_testing::signing::claims_of;

/// A policy that believes another provider, whose answer names the end-user.
async fn visiting() -> Scene {
    let policy = FixedPolicy::new().on_authenticate(|input, host| {
        assert_eq!(input.return_url, format!("{ISSUER}/visit"));
        let url = format!("https://idp.example/authorize#{}", input.return_state);
        match host.call(HostCall::Visit(Visit { url }))? {
            Some(HostAnswer::Returned(brought)) => authenticated(word(&brought["who"])),
            _ => host.waiting(),
        }
    });
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    scene
}

fn state_of(outcome: &Outcome) -> String {
    match &outcome.step {
        Step::Visit { url } => url.split_once('#').unwrap().1.to_owned(),
        step => panic!("{step:?}"),
    }
}

fn direct(result: Result<Outcome, WalkError>) -> DirectError {
    match result {
        Err(WalkError::Direct(direct)) => direct,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_hook_gets_what_the_browser_brought_back() {
    let scene = visiting().await;
    let mut visitor = scene.visitor();
    let state = state_of(&visitor.asks("").await);
    let done = visitor.returns(&[("state", &state), ("who", "bob"), ("code", "x")]).await.unwrap();
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["sub"], "bob");
}

#[tokio::test]
async fn a_state_that_is_forged_is_nobodys_return() {
    let scene = visiting().await;
    let mut visitor = scene.visitor();
    let state = state_of(&visitor.asks("").await);
    let mut other = scene.visitor();
    let others = state_of(&other.asks("").await);
    let (id, digest) = state.split_once('.').unwrap();
    let (other_id, other_digest) = others.split_once('.').unwrap();

    let forged = [
        format!("{id}."),
        id.to_owned(),
        format!("{id}.{other_digest}"),
        format!("{id}.{digest}x"),
        format!("{other_id}.{digest}"),
    ];
    for forged in forged {
        let error = direct(visitor.returns(&[("state", &forged), ("who", "bob")]).await);
        assert!(matches!(error, DirectError::ForeignAnswer | DirectError::NoInteraction), "{forged}: {error}");
    }
    assert_eq!(direct(visitor.returns(&[("who", "bob")]).await), DirectError::NoInteraction);
    assert!(visitor.browser.session_cookie.is_none(), "nobody was signed in");
    assert!(visitor.returns(&[("state", &state), ("who", "bob")]).await.is_ok(), "the true one is still good");
}

#[tokio::test]
async fn a_return_in_another_browser_signs_nobody_in() {
    let scene = visiting().await;
    let mut attacker = scene.visitor();
    let state = state_of(&attacker.asks("").await);
    let mut victim = scene.visitor();
    victim.asks("").await;
    let returned = victim.returns(&[("state", &state), ("who", "bob")]).await;
    assert_eq!(direct(returned), DirectError::ForeignAnswer);
    assert!(victim.browser.session_cookie.is_none());
}

#[tokio::test]
async fn a_return_counts_once() {
    let scene = visiting().await;
    let mut visitor = scene.visitor();
    let state = state_of(&visitor.asks("").await);
    visitor.returns(&[("state", &state), ("who", "bob")]).await.unwrap();
    let again = visitor.returns(&[("state", &state), ("who", "alice")]).await;
    assert_eq!(direct(again), DirectError::NoInteraction);
}

#[tokio::test]
async fn a_return_with_a_repeated_parameter_is_refused() {
    let scene = visiting().await;
    let mut visitor = scene.visitor();
    let state = state_of(&visitor.asks("").await);
    let twice = visitor.returns(&[("state", &state), ("who", "bob"), ("who", "alice")]).await;
    assert!(matches!(direct(twice), DirectError::Request(_)));
    assert!(visitor.returns(&[("state", &state), ("who", "bob")]).await.is_ok());
}

#[tokio::test]
async fn the_page_of_an_interaction_that_visits_leads_there_again() {
    let scene = visiting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let state = state_of(&asked);
    let id = state.split_once('.').unwrap().0;
    let shown = scene.engine.show(id, &visitor.browser).await.unwrap();
    let PageToShow::Elsewhere { url } = shown.page else { panic!("{:?}", shown.page) };
    assert!(url.ends_with(&state), "{url}");
}

#[tokio::test]
async fn a_page_that_waits_for_an_answer_takes_no_return() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let id = asked.interaction().as_str();
    // Knowing the id is not enough to make up the state.
    let returned = visitor.returns(&[("state", &format!("{id}.x")), ("who", "bob")]).await;
    assert_eq!(direct(returned), DirectError::ForeignAnswer);
}
