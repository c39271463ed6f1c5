//! Two requests at once.

use crate::world::{ALICE, CLIENT, Parts, Scene, Told, begin, first_party, params, submission};
use gatewright_domain::flow::FlowEnd;
use gatewright_engine::authorization::{Answered, Outcome, PageKind};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::policies::{FixedPolicy, password_page};
use gatewright_testing::samples::{SUBJECT, word};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn next(answered: Answered) -> Outcome {
    match answered {
        Answered::Next(outcome) => outcome,
        Answered::Again(shown) => panic!("{shown:?}"),
    }
}

/// A policy that counts how often its page was answered, at a client nobody is asked consent for.
async fn counting() -> (Scene, Arc<AtomicUsize>) {
    let answered = Arc::new(AtomicUsize::new(0));
    let counter = answered.clone();
    let policy = FixedPolicy::new().on_authenticate(move |_, host| {
        if host.ask(password_page(None))?.is_none() {
            return host.waiting();
        }
        counter.fetch_add(1, Ordering::SeqCst);
        let subject = word(SUBJECT);
        Ok(FlowEnd::Decided(gatewright_domain::hooks::AuthenticateDecision::Authenticated { subject, amr: vec![] }))
    });
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    (scene, answered)
}

#[tokio::test]
async fn a_page_that_is_submitted_twice_runs_the_hook_once() {
    let (scene, answered) = counting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let id = asked.interaction().as_str();
    scene.accounts.pause();

    let mut first = pin!(scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser));
    begin(&mut first);
    let second = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert_eq!(next(second).page(), Some(PageKind::SignIn), "the second submission is sent to where it waits");
    assert!(next(first.await.unwrap()).parameter("code").is_some());
    assert_eq!(answered.load(Ordering::SeqCst), 1);

    let third = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await;
    assert!(matches!(third, Err(WalkError::Direct(DirectError::NoInteraction))));
    assert_eq!(answered.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn of_two_that_finish_one_interaction_one_is_answered_even_when_the_claim_ran_out() {
    let (scene, _) = counting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let id = asked.interaction().as_str();
    scene.accounts.pause();

    let mut slow = pin!(scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser));
    begin(&mut slow);
    scene.clock.advance(91);
    let quick = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert!(next(quick).parameter("code").is_some());
    assert!(matches!(slow.await, Err(WalkError::Fault(_))), "the other one issues nothing");
}

#[tokio::test]
async fn the_claim_of_a_node_that_died_ends_by_itself() {
    let (scene, answered) = counting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let id = asked.interaction().as_str();
    scene.accounts.pause();
    {
        let mut died = Box::pin(scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser));
        begin(&mut died.as_mut());
        // Whoever dies drops nothing.
        std::mem::forget(died);
    }
    scene.clock.advance(89);
    let early = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert_eq!(next(early).page(), Some(PageKind::SignIn));
    scene.clock.advance(1);
    let late = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert!(next(late).parameter("code").is_some());
    assert_eq!(answered.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn after_a_fault_in_the_middle_of_an_answer_the_browser_can_try_again_at_once() {
    let (scene, answered) = counting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let id = asked.interaction().as_str();
    for _ in 0..2 {
        scene.accounts.fail_once();
        let faulted = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await;
        assert!(matches!(faulted, Err(WalkError::Fault(_))), "{faulted:?}");
    }
    let again = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert!(next(again).parameter("code").is_some());
    assert_eq!(answered.load(Ordering::SeqCst), 3, "the hook runs anew each time");
}

#[tokio::test]
async fn when_a_browser_breaks_off_its_answer_it_can_give_it_again_at_once() {
    let (scene, answered) = counting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let id = asked.interaction().as_str();
    scene.accounts.pause();
    {
        let mut dropped = Box::pin(scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser));
        begin(&mut dropped.as_mut());
    }
    let again = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert!(next(again).parameter("code").is_some());
    assert_eq!(answered.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_late_fault_does_not_give_back_the_claim_of_who_came_after() {
    let (scene, _) = counting().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let id = asked.interaction().as_str();
    scene.accounts.pause();
    let mut late = pin!(scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser));
    begin(&mut late);
    scene.clock.advance(90);
    let mut holder = pin!(scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser));
    begin(&mut holder);
    scene.accounts.fail_once();
    assert!(late.await.is_err());
    let third = scene.engine.answer(id, &token, submission(&ALICE, None), &visitor.browser).await.unwrap();
    assert_eq!(next(third).page(), Some(PageKind::SignIn), "the holder is still at it");
    assert!(next(holder.await.unwrap()).parameter("code").is_some());
}

#[tokio::test]
async fn a_sign_out_that_overtakes_a_request_leaves_it_no_code() {
    let (scene, _) = counting().await;
    let mut visitor = scene.visitor();
    let before = visitor.completes("").await;
    let hint = scene.redeems(CLIENT, before.code()).await.unwrap().id_token.unwrap();
    let mut leaving = scene.visitor();
    leaving.browser = visitor.browser.clone();
    scene.accounts.pause();
    let mut asked = pin!(visitor.asks(""));
    begin(&mut asked);
    leaving.signs_out(&[("id_token_hint", &hint)], None).await;
    assert_eq!(asked.await.error(), "login_required");
}

#[tokio::test]
async fn of_two_that_redeem_one_code_at_once_one_gets_tokens_and_they_are_revoked() {
    let scene = Scene::new().await;
    let code = scene.code("").await;
    scene.accounts.pause();
    let form =
        params(&[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", crate::world::REDIRECT_URI)]);
    let basic = crate::world::basic(CLIENT);
    let mut first = pin!(scene.engine.token(Some(basic.as_str()), &form));
    begin(&mut first);
    let second = scene.engine.token(Some(basic.as_str()), &form).await.unwrap();
    assert!(first.await.is_err(), "a code has one use");
    assert!(!scene.lives(&second.access_token).await, "and a second one revokes what the first gave");
}

#[tokio::test]
async fn of_two_that_use_one_refresh_token_at_once_one_gets_tokens_and_the_family_is_revoked() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    scene.accounts.pause();
    let form = params(&[("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh_token.unwrap())]);
    let basic = crate::world::basic(CLIENT);
    let mut first = pin!(scene.engine.token(Some(basic.as_str()), &form));
    begin(&mut first);
    let second = scene.engine.token(Some(basic.as_str()), &form).await.unwrap();
    assert!(first.await.is_err());
    for token in [&tokens.access_token, &second.access_token] {
        assert!(!scene.lives(token).await);
    }
}
