//! A walk ends, whatever the policy wants.

use crate::world::{CLIENT, Parts, Scene, Told, authenticated, first_party};
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::{AfterAuthenticationDecision, AuthenticateDecision};
use gatewright_engine::error::WalkError;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, word};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A policy that steps up to what it then delegates back, `rounds` times.
async fn circling(rounds: usize) -> (Scene, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let policy = FixedPolicy::new()
        .on_authenticate(|input, _| match input.acr.as_str() {
            "otp" => Ok(FlowEnd::Decided(AuthenticateDecision::Delegate { acr: word("pwd") })),
            _ => authenticated(word(SUBJECT)),
        })
        .on_after_authentication(move |_| {
            let round = counter.fetch_add(1, Ordering::SeqCst);
            let again = round < rounds;
            Ok(if again {
                AfterAuthenticationDecision::StepUp { acr: word("otp") }
            } else {
                AfterAuthenticationDecision::Proceed
            })
        });
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    (scene, asked)
}

#[tokio::test]
async fn a_policy_that_goes_in_circles_ends_in_a_fault() {
    let (scene, asked) = circling(usize::MAX).await;
    match scene.visitor().tries("").await {
        Err(WalkError::Fault(fault)) => assert_eq!(fault.place(), "authorization.walk"),
        other => panic!("{other:?}"),
    }
    // A round is three decisions of the 64: the step-up, the delegation, the session that is enough again.
    assert_eq!(asked.load(Ordering::SeqCst), 21);
}

#[tokio::test]
async fn a_policy_that_comes_to_its_end_in_time_is_followed() {
    let (scene, _) = circling(15).await;
    assert!(scene.visitor().asks("").await.parameter("code").is_some());
}

#[tokio::test]
async fn decisions_count_over_all_requests_of_an_interaction() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let mut page = visitor.asks("").await;
    let mut attempts = 0;
    while attempts < 100 {
        let token = visitor.sees(&page).await.token;
        let guess: [(&str, &str); 2] = [("username", "alice"), ("password", "guess")];
        match visitor.posts(&page, &token, (&guess, None)).await {
            Ok(gatewright_engine::authorization::Answered::Next(next)) => page = next,
            Ok(other) => panic!("{other:?}"),
            Err(WalkError::Fault(_)) => break,
            Err(error) => panic!("{error}"),
        }
        attempts += 1;
    }
    // Two of the 64 were the ACR and the first page.
    assert_eq!(attempts, 62);
}

#[tokio::test]
async fn going_back_to_sign_in_does_not_begin_the_count_anew() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let mut page = visitor.asks("").await;
    let mut rounds = 0;
    loop {
        let token = visitor.sees(&page).await.token;
        let Ok(consent) = visitor.posts(&page, &token, (&crate::world::ALICE, None)).await else { break };
        let gatewright_engine::authorization::Answered::Next(consent) = consent else { panic!("{consent:?}") };
        page = visitor.presses(&consent, "other_account").await;
        rounds += 1;
        assert!(rounds < 64, "it never ends");
    }
    assert!(rounds > 5, "{rounds}");
}
