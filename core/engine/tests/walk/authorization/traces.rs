//! What is written of logins: that nobody finishes, and whose code cannot be redeemed.

use crate::world::{CLIENT, Scene, asking_password, broken};
use gatewright_domain::clock::Clock;
use gatewright_domain::trace::{Sampling, StepRecord, TraceEntry, TraceOutcome, TraceSink};
use gatewright_engine::observation::Observation;
use std::sync::{Arc, Mutex};

/// Remembers what is written.
#[derive(Default)]
struct Written(Mutex<Vec<TraceEntry>>);

impl TraceSink for Written {
    fn write(&self, entry: TraceEntry) {
        self.0.lock().unwrap().push(entry);
    }
}

impl Written {
    fn outcomes(&self) -> Vec<TraceOutcome> {
        self.0.lock().unwrap().iter().map(|entry| entry.head.as_ref().unwrap().outcome).collect()
    }
}

/// A scene of whose logins so many of a million are written.
async fn scene(per_million: u32) -> (Scene, Arc<Written>) {
    watched(Scene::new().await, per_million)
}

fn watched(mut scene: Scene, per_million: u32) -> (Scene, Arc<Written>) {
    let written = Arc::new(Written::default());
    let sampling = Sampling::per_million(per_million);
    scene.engine =
        scene.engine.watched(Observation { sink: Some(written.clone()), sampling, ..Observation::default() });
    (scene, written)
}

fn lifetime(scene: &Scene) -> i64 {
    i64::try_from(scene.engine.settings().lifetimes.interaction_s).unwrap()
}

#[tokio::test]
async fn a_login_that_nobody_finishes_is_abandoned_when_its_interaction_expires_and_not_before() {
    let (scene, written) = scene(1_000_000).await;
    scene.visitor().asks("").await;
    scene.clock.advance(lifetime(&scene) - 1);
    assert_eq!(scene.engine.give_up_expired().await.unwrap(), 0);
    assert_eq!(written.outcomes(), [TraceOutcome::Open]);
    scene.clock.advance(1);
    assert_eq!(scene.engine.give_up_expired().await.unwrap(), 1);
    assert_eq!(written.outcomes(), [TraceOutcome::Open, TraceOutcome::Abandoned]);
    assert_eq!(scene.engine.give_up_expired().await.unwrap(), 0, "once");
    let entries = written.0.lock().unwrap();
    assert_eq!(entries[0].trace, entries[1].trace);
    let ended = matches!(entries[1].steps[..], [ref step] if matches!(step.what,
        StepRecord::Ended { outcome: TraceOutcome::Abandoned, error: None, .. }));
    assert!(ended, "{:?}", entries[1]);
}

#[tokio::test]
async fn a_login_that_was_finished_is_not_abandoned() {
    let (scene, written) = scene(1_000_000).await;
    scene.code("").await;
    scene.clock.advance(lifetime(&scene));
    assert_eq!(scene.engine.give_up_expired().await.unwrap(), 0);
    assert!(!written.outcomes().contains(&TraceOutcome::Abandoned));
}

#[tokio::test]
async fn of_a_login_that_is_not_sampled_nothing_is_written_when_it_is_abandoned() {
    let (scene, written) = scene(0).await;
    scene.visitor().asks("").await;
    scene.clock.advance(lifetime(&scene));
    assert_eq!(scene.engine.give_up_expired().await.unwrap(), 1);
    assert_eq!(written.outcomes(), []);
}

#[tokio::test]
async fn a_fault_at_the_redemption_is_written_with_the_login_before_it_though_that_was_not_sampled() {
    let (scene, written) = watched(Scene::under(asking_password().on_customize_token(|_| broken())).await, 0);
    let began_at_ms = scene.clock.now_ms();
    let code = scene.code("prompt=consent").await;
    assert_eq!(written.outcomes(), [], "it went well");
    scene.clock.advance(2);
    assert!(scene.redeems(CLIENT, &code).await.is_err());
    assert!(scene.redeems(CLIENT, &code).await.is_err());
    assert_eq!(written.outcomes(), [TraceOutcome::Failed; 2]);
    let entries = written.0.lock().unwrap();
    let (first, second) = (&entries[0], &entries[1]);
    assert_eq!(first.head.as_ref().unwrap().began_at_ms, began_at_ms);
    let is_page = |entry: &TraceEntry| {
        entry.steps.iter().filter(|step| matches!(&step.what, StepRecord::Page { page } if page == "consent")).count()
    };
    assert_eq!((first.trace == second.trace, is_page(first), is_page(second)), (true, 1, 0));
}

#[tokio::test]
async fn of_a_login_whose_code_is_redeemed_nothing_is_written_where_it_is_not_sampled() {
    let (scene, written) = watched(Scene::new().await, 0);
    scene.tokens("prompt=consent").await;
    assert_eq!(written.outcomes(), []);
}
