//! Traces that are too old, or more than there is room for, are forgotten.

use super::{json, traced};
use crate::world::server::free_port;
use crate::world::{RelyingParty, Server};
use gatewright_domain::clock::Clock;
use gatewright_domain::trace::{StepRecord, TraceEntry, TraceHead, TraceKind, TraceOutcome, TraceStep};
use gatewright_storage::{Storage, StorageConfig};
use gatewright_testing::clock::FixedClock;
use gatewright_testing::samples;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait for what a server does by itself. How long it should take is no test's business.
const PATIENCE: Duration = Duration::from_secs(90);
const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// More than a MiB, which is the least that can be set.
const LARGE: usize = 3 << 19;

/// A login that began then, with a step of so many bytes.
fn login(name: &str, began_at_ms: i64, bytes: usize) -> TraceEntry {
    let head = TraceHead {
        id: samples::word(name),
        kind: TraceKind::Login,
        login: None,
        client: samples::word("demo"),
        subject: None,
        bundle: samples::bundle(),
        began_at_ms,
        outcome: TraceOutcome::Completed,
        error: None,
    };
    let what = StepRecord::Page { page: "x".repeat(bytes) };
    let step = TraceStep { number: 1, at_ms: began_at_ms, correlation: None, what, recording: None };
    TraceEntry { trace: head.id.clone(), head: Some(head), steps: vec![step] }
}

/// Writes traces into the data that no server runs on.
async fn written(directory: &Path, entries: &[TraceEntry]) {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let url = format!("sqlite:{}", directory.join("data/gatewright.db").display());
    let storage = Storage::open(StorageConfig::new(url, clock)).unwrap();
    storage.stores().traces.append(entries).await.unwrap();
}

/// The traces of these names that a list shows, once there are so many traces in all.
fn left(directory: &Path, names: &[&str], count: usize) -> Vec<String> {
    let begin = Instant::now();
    loop {
        let list = json(directory, &["trace", "list"]);
        let all: Vec<&str> =
            list["traces"].as_array().unwrap().iter().map(|trace| trace["trace"].as_str().unwrap()).collect();
        if all.len() == count {
            return names.iter().filter(|name| all.contains(name)).map(|name| (*name).to_owned()).collect();
        }
        assert!(begin.elapsed() < PATIENCE, "{all:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_forgets_the_traces_that_are_too_old_and_of_the_others_the_oldest() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let (days, mib) = ("GATEWRIGHT__TRACE__KEEP_DAYS", "GATEWRIGHT__TRACE__KEEP_MIB");
    let mut server = traced(here, "1000", &[]);
    RelyingParty::demo(&server).tokens().await;
    assert_eq!(left(here, &[], 1), [""; 0]);
    let now_ms = json(here, &["trace", "list"])["traces"][0]["began_at_ms"].as_i64().unwrap();
    server.ask_to_stop();
    assert!(server.ended().success());
    let names = ["ancient", "yesterday", "large", "small"];
    let ages = [40 * DAY_MS, 2 * DAY_MS, 30 * MINUTE_MS, 20 * MINUTE_MS];
    let entries: Vec<TraceEntry> = names
        .iter()
        .zip(ages)
        .map(|(name, age_ms)| login(name, now_ms - age_ms, if *name == "large" { LARGE } else { 10 }))
        .collect();
    written(here, &entries).await;
    assert_eq!(left(here, &names, 5), names);

    let mut by_age = Server::quickstart_with(here, free_port(), &[(days, "1")]);
    assert_eq!(left(here, &names, 3), ["large", "small"]);
    by_age.ask_to_stop();
    assert!(by_age.ended().success());
    let _by_size = Server::quickstart_with(here, free_port(), &[(mib, "1")]);
    assert_eq!(left(here, &names, 2), ["small"], "and the login of a moment ago");
}
