//! Pages that answer themselves.

use crate::world::{Scene, Told, Visitor, authenticated};
use gatewright_domain::clock::Clock;
use gatewright_domain::flow::HOST_CALLS_MAX;
use gatewright_domain::page::{Action, Form, Page, WAIT_ACTION};
use gatewright_domain::store::Claimed;
use gatewright_engine::authorization::{Looked, Outcome, PageKind};
use gatewright_engine::browser::Browser;
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, word};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Seconds after which the page answers itself.
const WAIT_S: i64 = 5;

/// A policy that waits `turns` times, and how often its page was answered by waiting.
async fn waiting(turns: usize) -> (Scene, Arc<AtomicUsize>) {
    let waited = Arc::new(AtomicUsize::new(0));
    let counter = waited.clone();
    let policy = FixedPolicy::new().on_authenticate(move |_, host| {
        for turn in 0..turns {
            let again = Action { name: "again".into(), label: "Again".into(), skips_fields: false };
            let form = Form { wait_s: Some(5), actions: vec![again], ..Form::default() };
            let Some(filled) = host.ask(Page::Form(form))? else { return host.waiting() };
            if filled.answer.action == WAIT_ACTION {
                counter.fetch_max(turn + 1, Ordering::SeqCst);
            }
        }
        authenticated(word(SUBJECT))
    });
    (Scene::under(policy).await, waited)
}

async fn looks(scene: &Scene, visitor: &Visitor<'_>, page: &Outcome) -> Looked {
    scene.engine.look(page.interaction().as_str(), &visitor.browser).await.unwrap()
}

#[track_caller]
fn seconds(looked: Looked) -> Option<u32> {
    match looked {
        Looked::Page(shown) => shown.refresh_s,
        Looked::Next(outcome) => panic!("{outcome:?} came too soon"),
    }
}

#[track_caller]
fn next(looked: Looked) -> Outcome {
    match looked {
        Looked::Next(outcome) => outcome,
        Looked::Page(shown) => panic!("{shown:?} did not answer itself"),
    }
}

#[tokio::test]
async fn a_page_answers_itself_when_its_time_has_come_and_no_sooner() {
    let (scene, waited) = waiting(2).await;
    let mut visitor = scene.visitor();
    let page = visitor.asks("").await;
    assert_eq!(seconds(looks(&scene, &visitor, &page).await), Some(5));
    scene.clock.advance(WAIT_S - 1);
    assert_eq!(seconds(looks(&scene, &visitor, &page).await), Some(1));
    scene.clock.advance(1);
    let second = next(looks(&scene, &visitor, &page).await);
    assert_eq!((second.page(), waited.load(Ordering::SeqCst)), (Some(PageKind::SignIn), 1));
    assert_eq!(seconds(looks(&scene, &visitor, &second).await), Some(5), "the next page has a time of its own");
    scene.clock.advance(WAIT_S);
    assert_eq!(next(looks(&scene, &visitor, &second).await).page(), Some(PageKind::Consent));
}

#[tokio::test]
async fn who_only_shows_a_page_does_not_answer_it() {
    let (scene, waited) = waiting(1).await;
    let mut visitor = scene.visitor();
    let page = visitor.asks("").await;
    scene.clock.advance(WAIT_S);
    assert_eq!(visitor.sees(&page).await.refresh_s, Some(1));
    assert_eq!(waited.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn of_two_looks_at_once_one_answers_and_the_other_sees_the_page_as_it_stands() {
    let (scene, _) = waiting(1).await;
    let mut visitor = scene.visitor();
    let page = visitor.asks("").await;
    scene.clock.advance(WAIT_S);
    let id = page.interaction().as_str();
    let stored = scene.stores.interactions.find(page.interaction()).await.unwrap().unwrap();
    let (now, lease_until) = (scene.clock.now(), stored.expires_at);
    // Another request is at it.
    let claimed = scene.stores.interactions.claim(&stored.id, stored.version, now, lease_until).await.unwrap();
    assert_eq!(claimed, Claimed::Yes);
    assert_eq!(seconds(scene.engine.look(id, &visitor.browser).await.unwrap()), Some(1));
    assert!(scene.stores.interactions.release(&stored.id, stored.version, lease_until).await.unwrap());
    assert_eq!(next(looks(&scene, &visitor, &page).await).page(), Some(PageKind::Consent));
    assert_eq!(seconds(looks(&scene, &visitor, &page).await), None, "it was answered once");
}

#[tokio::test]
async fn another_browser_does_not_answer_it() {
    let (scene, waited) = waiting(1).await;
    let page = scene.visitor().asks("").await;
    scene.clock.advance(WAIT_S);
    let mut eve = scene.visitor();
    eve.asks("").await;
    for browser in [eve.browser.clone(), Browser::default()] {
        let looked = scene.engine.look(page.interaction().as_str(), &browser).await;
        assert!(matches!(looked, Err(WalkError::Direct(DirectError::ForeignAnswer))));
    }
    assert_eq!(waited.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn who_waits_may_press_the_button_as_well() {
    let (scene, waited) = waiting(1).await;
    let mut visitor = scene.visitor();
    let page = visitor.asks("").await;
    assert_eq!(visitor.presses(&page, "again").await.page(), Some(PageKind::Consent));
    assert_eq!(waited.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn waiting_ends_at_the_journal_s_limit_and_not_at_that_of_decisions() {
    let (scene, waited) = waiting(usize::MAX).await;
    let mut visitor = scene.visitor();
    let mut page = visitor.asks("").await;
    for _ in 1..HOST_CALLS_MAX {
        scene.clock.advance(WAIT_S);
        page = next(looks(&scene, &visitor, &page).await);
    }
    scene.clock.advance(WAIT_S);
    let end = next(looks(&scene, &visitor, &page).await);
    assert_eq!(end.error(), "access_denied");
    assert!(end.fault.is_some(), "the operator is told");
    assert_eq!(waited.load(Ordering::SeqCst), HOST_CALLS_MAX);
}
