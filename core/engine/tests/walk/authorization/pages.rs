//! Whose page it is, which page it is, and how long.

use crate::world::{ALICE, CLIENT, Scene, Told, client};
use gatewright_domain::client::Client;
use gatewright_engine::authorization::{Answered, PageKind};
use gatewright_engine::browser::Browser;
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::policies::FixedPolicy;

fn direct(error: WalkError) -> DirectError {
    match error {
        WalkError::Direct(direct) => direct,
        WalkError::Fault(fault) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn an_interaction_belongs_to_the_browser_it_began_in() {
    let scene = Scene::new().await;
    let mut alice = scene.visitor();
    let asked = alice.asks("").await;
    let token = alice.sees(&asked).await.token;
    let mut eve = scene.visitor();
    eve.asks("").await;
    for browser_cookie in [eve.browser.browser_cookie.clone(), None, Some("guess".to_owned())] {
        eve.browser = Browser { browser_cookie, ..Browser::default() };
        assert_eq!(direct(eve.looks(&asked).await.unwrap_err()), DirectError::ForeignAnswer);
        let posted = eve.posts(&asked, &token, (&ALICE, None)).await;
        assert_eq!(direct(posted.unwrap_err()), DirectError::ForeignAnswer);
    }
    assert_eq!(alice.signs_in(&asked).await.page(), Some(PageKind::Consent), "nothing of it was spent");
}

#[tokio::test]
async fn the_session_cookie_alone_opens_no_page() {
    let scene = Scene::new().await;
    let mut alice = scene.visitor();
    let asked = alice.asks("").await;
    let consent = alice.signs_in(&asked).await;
    let mut thief = scene.visitor();
    thief.browser.session_cookie = alice.browser.session_cookie.clone();
    assert_eq!(direct(thief.looks(&consent).await.unwrap_err()), DirectError::ForeignAnswer);
}

#[tokio::test]
async fn the_token_of_an_earlier_page_leads_to_the_page_as_it_stands() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let stale = visitor.sees(&asked).await.token;
    let consent = visitor.signs_in(&asked).await;
    for token in [stale.as_str(), "", "made-up"] {
        match visitor.posts(&consent, token, (&[], Some("allow"))).await.unwrap() {
            Answered::Next(outcome) => assert_eq!(outcome.page(), Some(PageKind::Consent), "{token:?} allowed nothing"),
            Answered::Again(shown) => panic!("{shown:?}"),
        }
    }
    assert!(visitor.presses(&consent, "allow").await.parameter("code").is_some());
}

#[tokio::test]
async fn the_token_of_one_interaction_does_not_answer_another() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let one = visitor.asks("").await;
    let other = visitor.asks("").await;
    let token = visitor.sees(&one).await.token;
    match visitor.posts(&other, &token, (&ALICE, None)).await.unwrap() {
        Answered::Next(outcome) => assert_eq!(outcome.interaction(), other.interaction()),
        Answered::Again(shown) => panic!("{shown:?}"),
    }
    assert!(visitor.browser.session_cookie.is_none(), "nobody was signed in");
}

#[tokio::test]
async fn an_expired_interaction_is_gone() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let token = visitor.sees(&asked).await.token;
    let lifetime = i64::try_from(scene.engine.settings().lifetimes.interaction_s).unwrap();
    scene.clock.advance(lifetime - 1);
    assert!(visitor.looks(&asked).await.is_ok());
    scene.clock.advance(1);
    assert_eq!(direct(visitor.looks(&asked).await.unwrap_err()), DirectError::NoInteraction);
    let posted = visitor.posts(&asked, &token, (&ALICE, None)).await;
    assert_eq!(direct(posted.unwrap_err()), DirectError::NoInteraction);
}

#[tokio::test]
async fn of_an_expired_one_its_browser_is_told_where_signing_in_can_begin_again() {
    let scene = Scene::new().await;
    let registered = serde_json::json!({ "initiate_login_uri": "https://client.example.com/login?a=b" });
    let registered_metadata = registered.as_object().cloned();
    scene.registers(Client { registered_metadata, ..client(CLIENT) }).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    scene.clock.advance(i64::try_from(scene.engine.settings().lifetimes.interaction_s).unwrap());
    let DirectError::BeginAgain { client } = direct(visitor.looks(&asked).await.unwrap_err()) else {
        panic!("it is not told")
    };
    let begin = "https://client.example.com/login?a=b&iss=https%3A%2F%2Fid.example";
    assert_eq!(client.initiate_login_uri("https://id.example").as_deref(), Some(begin));
    let mut stranger = scene.visitor();
    stranger.asks("").await;
    let seen = scene.engine.show(asked.interaction().as_str(), &stranger.browser).await.unwrap_err();
    assert_eq!(direct(seen), DirectError::NoInteraction, "another browser is told nothing");
}

#[tokio::test]
async fn a_finished_interaction_is_gone() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let consent = visitor.signs_in(&asked).await;
    let token = visitor.sees(&consent).await.token;
    visitor.presses(&consent, "allow").await;
    let again = visitor.posts(&consent, &token, (&[], Some("allow"))).await;
    assert_eq!(direct(again.unwrap_err()), DirectError::NoInteraction);
}

#[tokio::test]
async fn a_refused_interaction_is_gone() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let consent = visitor.signs_in(&asked).await;
    assert_eq!(visitor.presses(&consent, "deny").await.error(), "access_denied");
    assert_eq!(direct(visitor.looks(&consent).await.unwrap_err()), DirectError::NoInteraction);
}

#[tokio::test]
async fn a_browser_is_tied_once_and_only_where_something_waits() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    assert_eq!(visitor.asks("").await.cookies.len(), 1);
    let cookie = visitor.browser.browser_cookie.clone();
    assert!(visitor.asks("").await.cookies.is_empty(), "it has its cookie");
    assert_eq!(visitor.browser.browser_cookie, cookie);
    let silent = Scene::under(FixedPolicy::new()).await;
    let mut other = silent.visitor();
    other.asks("prompt=none").await;
    assert!(other.browser.browser_cookie.is_none());
}

#[tokio::test]
async fn what_is_no_interaction_id_is_no_interaction() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.asks("").await;
    for id in ["", "x", "../x", "\u{e9}", &"x".repeat(300)] {
        let error = scene.engine.show(id, &visitor.browser).await.unwrap_err();
        assert_eq!(direct(error), DirectError::NoInteraction, "{id}");
    }
}
