//! Who signs in is told once of others' failed tries.

use crate::world::{BOB, CLIENT, Scene, Told, first_party};
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_engine::authorization::{PageKind, PageToShow};
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::samples::{self, SUBJECT};

async fn happened(scene: &Scene, subject: &str, events: &[(&str, u64, SecurityEventKind)]) {
    for (id, seconds, kind) in events {
        let event = SecurityEvent {
            id: samples::word(id),
            subject: samples::word(subject),
            at: DEFAULT_NOW.plus(*seconds),
            address: "198.51.100.1".parse().ok(),
            kind: kind.clone(),
        };
        scene.stores.security_events.record(&event).await.unwrap();
    }
}

#[tokio::test]
async fn who_signs_in_is_told_once_and_goes_on_from_there() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let failed = |tries| SecurityEventKind::FailedTries { tries };
    let locked = SecurityEventKind::LockedOut { until: DEFAULT_NOW };
    happened(&scene, SUBJECT, &[("e1", 1, failed(3)), ("e2", 3, failed(4)), ("e3", 4, locked)]).await;
    happened(&scene, BOB, &[("e4", 9, failed(9))]).await;

    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let told = visitor.signs_in(&asked).await;
    let shown = visitor.sees(&told).await;
    let strange = StrangeTries { tries: 7, last: DEFAULT_NOW.plus(3), address: "198.51.100.1".parse().ok() };
    assert_eq!((shown.page, shown.kind), (PageToShow::FailedTries(strange), PageKind::SignIn));
    assert_eq!(shown.user.unwrap().username, "alice");
    assert!(visitor.presses(&told, "continue").await.parameter("code").is_some());

    let asked = visitor.asks("prompt=login").await;
    assert!(visitor.signs_in(&asked).await.parameter("code").is_some(), "it is told once");
}

#[tokio::test]
async fn who_is_signed_in_already_is_told_at_the_next_sign_in() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    assert!(visitor.signs_in(&asked).await.parameter("code").is_some());
    happened(&scene, SUBJECT, &[("e1", 1, SecurityEventKind::FailedTries { tries: 1 })]).await;
    assert!(visitor.asks("prompt=none").await.parameter("code").is_some(), "single sign-on is not held up");
    let asked = visitor.asks("prompt=login").await;
    let told = visitor.signs_in(&asked).await;
    assert!(matches!(visitor.sees(&told).await.page, PageToShow::FailedTries(_)));
}
