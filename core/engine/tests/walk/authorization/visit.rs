//! `visit`: the browser goes elsewhere for a hook and comes back with what it was given there.

use crate::world::{CLIENT, ISSUER, Parts, Scene, Told, authenticated, first_party};
use gatewright_domain::flow::{FaultKind, FlowEnd, HookFault, HostAnswer, HostCall, Visit};
use gatewright_domain::hooks::AuthenticateDecision;
use gatewright_engine::authorization::{Outcome, PageKind, PageToShow, Step};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::policies::{FixedPolicy, StubHost};
use gatewright_testing::samples::word;
use gatewright_testing::signing::claims_of;
use std::collections::BTreeMap;

/// A policy that believes another provider, whose answer names the end-user.
async fn visiting() -> Scene {
    let policy = FixedPolicy::new().on_authenticate(|input, host| {
        assert_eq!(input.return_url, format!("{ISSUER}/visit"));
        match visits(host, "idp.example")? {
            Some(brought) => authenticated(word(&brought["who"])),
            None => host.waiting(),
        }
    });
    under(policy).await
}

async fn under(policy: FixedPolicy) -> Scene {
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    scene
}

/// What the browser brought back from `site`; none while it is there.
fn visits(host: &mut StubHost<'_>, site: &str) -> Result<Option<BTreeMap<String, String>>, HookFault> {
    let Some(HostAnswer::State(state)) = host.call(HostCall::ReturnState)? else { panic!("there is no state") };
    match host.call(HostCall::Visit(Visit { url: format!("https://{site}/authorize#{state}") }))? {
        Some(HostAnswer::Returned(brought)) => Ok(Some(brought)),
        None => Ok(None),
        Some(other) => panic!("{other:?}"),
    }
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

/// A policy that asks a first provider for a hint and believes a second one.
async fn visiting_two() -> Scene {
    let policy = FixedPolicy::new().on_authenticate(|_, host| {
        if visits(host, "hints.example")?.is_none() {
            return host.waiting();
        }
        match visits(host, "idp.example")? {
            Some(brought) => authenticated(word(&brought["who"])),
            None => host.waiting(),
        }
    });
    under(policy).await
}

#[tokio::test]
async fn the_return_of_one_provider_never_answers_a_visit_to_another() {
    let scene = visiting_two().await;
    let mut visitor = scene.visitor();
    let first = state_of(&visitor.asks("").await);
    let second = state_of(&visitor.returns(&[("state", &first)]).await.unwrap());
    assert_ne!(first, second);

    // The first provider sends the browser back a second time, with an end-user of its choice.
    let late = visitor.returns(&[("state", &first), ("who", "alice")]).await.unwrap();
    assert_eq!(late.page(), Some(PageKind::SignIn), "to where it waits");
    assert!(visitor.browser.session_cookie.is_none(), "nobody was signed in");

    let done = visitor.returns(&[("state", &second), ("who", "bob")]).await.unwrap();
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["sub"], "bob");
}

#[tokio::test]
async fn a_state_of_a_hook_that_gave_way_to_another_is_worth_nothing() {
    let policy = FixedPolicy::new().on_authenticate(|input, host| {
        if input.acr == "otp" {
            return match visits(host, "idp.example")? {
                Some(brought) => authenticated(word(&brought["who"])),
                None => host.waiting(),
            };
        }
        match visits(host, "hints.example")? {
            Some(_) => Ok(FlowEnd::Decided(AuthenticateDecision::Delegate { acr: word("otp") })),
            None => host.waiting(),
        }
    });
    let scene = under(policy).await;
    let mut visitor = scene.visitor();
    let first = state_of(&visitor.asks("").await);
    visitor.returns(&[("state", &first)]).await.unwrap();
    let again = visitor.returns(&[("state", &first), ("who", "alice")]).await;
    assert_eq!(direct(again), DirectError::ForeignAnswer);
}

#[tokio::test]
async fn a_visit_over_plain_http_fails_at_the_hook() {
    let policy = FixedPolicy::new().on_authenticate(|_, host| {
        host.call(HostCall::ReturnState)?;
        match host.call(HostCall::Visit(Visit { url: "http://idp.example/".to_owned() }))? {
            Some(HostAnswer::Failed(error)) => {
                Err(HookFault::new(word("plain"), FaultKind::Threw { message: error.to_string() }))
            }
            other => panic!("{other:?}"),
        }
    });
    let outcome = under(policy).await.visitor().asks("").await;
    assert_eq!(outcome.error(), "access_denied");
    assert!(outcome.fault.unwrap().to_string().contains("https"));
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
