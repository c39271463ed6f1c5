//! Logins that nobody finishes.

use crate::world::Scene;
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
    let mut scene = Scene::new().await;
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
