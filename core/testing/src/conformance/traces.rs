//! Traces.

use super::Nodes;
use crate::samples;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::store::{Stores, TRACES_LISTED_MAX, TRACES_REMOVED_MAX, TraceFilter, TraceRetention};
use gatewright_domain::trace::{StepRecord, TraceEntry, TraceHead, TraceKind, TraceOutcome, TraceStep};

fn head(id: &str, began_at_ms: i64) -> TraceHead {
    TraceHead {
        id: samples::word(id),
        kind: TraceKind::Login,
        login: None,
        client: samples::word("demo"),
        subject: None,
        bundle: samples::bundle(),
        began_at_ms,
        outcome: TraceOutcome::Open,
        error: None,
    }
}

fn step(number: i64, page: &str) -> TraceStep {
    let what = StepRecord::Page { page: page.to_owned() };
    TraceStep { number, at_ms: number, correlation: None, what, recording: None }
}

fn entry(head: TraceHead, steps: &[TraceStep]) -> TraceEntry {
    TraceEntry { trace: head.id.clone(), head: Some(head), steps: steps.to_vec() }
}

async fn ids(stores: &Stores, filter: &TraceFilter) -> Vec<String> {
    let listed = stores.traces.list(filter, 100).await.unwrap();
    listed.into_iter().map(|head| head.id.to_string()).collect()
}

fn id(text: &str) -> TraceId {
    samples::word(text)
}

/// In the order of their numbers, whoever wrote them and in whatever order.
pub async fn steps_of_several_requests_are_one_trace(nodes: &Nodes) {
    let first = entry(head("t", 10), &[step(1, "choose_account"), step(5, "consent")]);
    nodes.here.traces.append(&[first]).await.unwrap();
    let ended = TraceHead { subject: Some(samples::word("alice")), outcome: TraceOutcome::Completed, ..head("t", 99) };
    nodes.there.traces.append(&[entry(ended, &[step(3, "failed_tries")])]).await.unwrap();
    let trace = nodes.here.traces.find(&id("t")).await.unwrap().unwrap();
    assert_eq!(trace.steps, [step(1, "choose_account"), step(3, "failed_tries"), step(5, "consent")]);
    let known = TraceHead { subject: Some(samples::word("alice")), outcome: TraceOutcome::Completed, ..head("t", 10) };
    assert_eq!(trace.head, known);
    assert_eq!(nodes.there.traces.find(&id("u")).await.unwrap(), None);
}

/// What is told later is added to what was known, and a trace that goes on after a fault has still met it.
pub async fn what_was_known_of_a_trace_is_not_forgotten(nodes: &Nodes) {
    let failed = TraceHead { outcome: TraceOutcome::Failed, error: Some("fault".into()), ..head("t", 10) };
    for head in [failed, head("t", 11), TraceHead { outcome: TraceOutcome::Completed, ..head("t", 12) }] {
        nodes.here.traces.append(&[entry(head, &[])]).await.unwrap();
    }
    let known = nodes.there.traces.find(&id("t")).await.unwrap().unwrap().head;
    assert_eq!((known.outcome, known.error.as_deref()), (TraceOutcome::Completed, Some("fault")));
    nodes.here.traces.append(&[entry(head("t", 13), &[])]).await.unwrap();
    let known = nodes.there.traces.find(&id("t")).await.unwrap().unwrap().head;
    assert_eq!((known.outcome, known.began_at_ms), (TraceOutcome::Completed, 10));
}

/// A request that is done again tells its steps again.
pub async fn a_step_is_written_once(nodes: &Nodes) {
    nodes.here.traces.append(&[entry(head("t", 1), &[step(1, "consent")])]).await.unwrap();
    let again = [step(1, "choose_account"), step(2, "consent")];
    nodes.there.traces.append(&[entry(head("t", 1), &again)]).await.unwrap();
    let trace = nodes.here.traces.find(&id("t")).await.unwrap().unwrap();
    assert_eq!(trace.steps, [step(1, "consent"), step(2, "consent")]);
}

/// And makes none.
pub async fn a_step_without_a_head_is_added_to_a_trace_that_is_there(nodes: &Nodes) {
    let logged = TraceStep { correlation: Some("c1".into()), ..step(2, "consent") };
    let add = |trace: &str| TraceEntry { trace: id(trace), head: None, steps: vec![logged.clone()] };
    nodes.here.traces.append(&[entry(head("t", 1), &[step(1, "consent")]), add("t"), add("u")]).await.unwrap();
    assert_eq!(nodes.there.traces.find(&id("t")).await.unwrap().unwrap().steps.len(), 2);
    assert_eq!(nodes.there.traces.find(&id("u")).await.unwrap(), None);
}

fn recorded(number: i64, sealed: &str) -> TraceStep {
    TraceStep { recording: Some(sealed.to_owned()), ..step(number, "consent") }
}

/// A trace is shown without it, and found by it.
pub async fn what_is_recorded_is_asked_for_apart(nodes: &Nodes) {
    let steps = [recorded(2, "second"), step(3, "consent"), recorded(1, "first")];
    let entries = [entry(head("t", 10), &steps), entry(head("u", 20), &[step(1, "consent")])];
    nodes.here.traces.append(&entries).await.unwrap();
    let traces = &nodes.there.traces;
    assert_eq!(traces.recordings(&id("t")).await.unwrap(), ["first", "second"]);
    assert_eq!(traces.recordings(&id("u")).await.unwrap(), Vec::<String>::new());
    let shown = traces.find(&id("t")).await.unwrap().unwrap();
    assert!(shown.steps.iter().all(|step| step.recording.is_none()), "{shown:?}");
    let filter = TraceFilter { recorded: true, ..TraceFilter::default() };
    assert_eq!(ids(&nodes.there, &filter).await, ["t"]);
}

/// The trace itself stays, redacted as it is; what another end-user did stays recorded.
pub async fn what_is_recorded_of_an_end_user_goes_with_the_account(nodes: &Nodes) {
    for name in ["alice", "bob"] {
        nodes.here.users.add(&samples::user(name, name)).await.unwrap().unwrap();
        let theirs = TraceHead { subject: Some(samples::word(name)), ..head(name, 10) };
        nodes.here.traces.append(&[entry(theirs, &[recorded(1, name)])]).await.unwrap();
    }
    assert!(nodes.there.users.remove(&samples::word("alice")).await.unwrap());
    let traces = &nodes.here.traces;
    assert_eq!(traces.recordings(&id("alice")).await.unwrap(), Vec::<String>::new());
    assert_eq!(traces.recordings(&id("bob")).await.unwrap(), ["bob"]);
    assert_eq!(traces.find(&id("alice")).await.unwrap().unwrap().steps, [step(1, "consent")]);
}

/// The newest first, by everything that one can know of a trace.
pub async fn traces_are_found_by_what_is_known_of_them(nodes: &Nodes) {
    let alice = TraceHead { subject: Some(samples::word("alice")), ..head("a", 10) };
    let refused = TraceHead {
        client: samples::word("other"),
        error: Some("access_denied".into()),
        outcome: TraceOutcome::Refused,
        ..head("b", 20)
    };
    let later = TraceHead { kind: TraceKind::Refresh, login: Some(id("a")), ..head("c", 30) };
    let logged = TraceStep { correlation: Some("c1".into()), ..step(2, "consent") };
    let entries = [entry(alice, &[]), entry(refused, &[step(1, "consent"), logged]), entry(later, &[])];
    nodes.here.traces.append(&entries).await.unwrap();
    let table = [
        (TraceFilter::default(), vec!["c", "b", "a"]),
        (TraceFilter { subject: Some(samples::word("alice")), ..TraceFilter::default() }, vec!["a"]),
        (TraceFilter { client: Some(samples::word("other")), ..TraceFilter::default() }, vec!["b"]),
        (TraceFilter { login: Some(id("a")), ..TraceFilter::default() }, vec!["c"]),
        (TraceFilter { since_ms: Some(20), ..TraceFilter::default() }, vec!["c", "b"]),
        (TraceFilter { until_ms: Some(20), ..TraceFilter::default() }, vec!["a"]),
        (TraceFilter { error: Some("access_denied".into()), ..TraceFilter::default() }, vec!["b"]),
        (TraceFilter { failed: true, ..TraceFilter::default() }, vec!["b"]),
        (TraceFilter { correlation: Some("c1".into()), ..TraceFilter::default() }, vec!["b"]),
        (TraceFilter { correlation: Some("c2".into()), ..TraceFilter::default() }, vec![]),
        (TraceFilter { since_ms: Some(10), failed: true, until_ms: Some(20), ..TraceFilter::default() }, vec![]),
    ];
    for (filter, found) in table {
        assert_eq!(ids(&nodes.there, &filter).await, found, "{filter:?}");
    }
    assert_eq!(nodes.there.traces.list(&TraceFilter::default(), 1).await.unwrap().len(), 1);
}

/// With all their steps, so that none comes back with another trace of that name.
pub async fn the_oldest_traces_go_by_age_and_by_size(nodes: &Nodes) {
    let text = "x".repeat(1_000);
    let entries: Vec<_> = (0..10).map(|place| entry(head(&format!("t{place}"), place), &[step(1, &text)])).collect();
    nodes.here.traces.append(&entries).await.unwrap();
    let enough = TraceRetention { since_ms: 0, bytes_max: 1 << 20 };
    assert_eq!(nodes.there.traces.retain(enough).await.unwrap(), 0);
    assert_eq!(nodes.there.traces.retain(TraceRetention { since_ms: 3, ..enough }).await.unwrap(), 3);
    assert_eq!(nodes.here.traces.retain(TraceRetention { bytes_max: 5_000, ..enough }).await.unwrap(), 3);
    assert_eq!(ids(&nodes.here, &TraceFilter::default()).await, ["t9", "t8", "t7", "t6"]);
    nodes.here.traces.append(&[entry(head("t0", 20), &[])]).await.unwrap();
    assert_eq!(nodes.there.traces.find(&id("t0")).await.unwrap().unwrap().steps, []);
}

/// So that no question and no look at retention holds the database for long.
pub async fn no_more_traces_are_listed_or_removed_at_once_than_the_limit(nodes: &Nodes) {
    let many = TRACES_LISTED_MAX as i64 + 1;
    let entries: Vec<_> = (0..many).map(|place| entry(head(&format!("t{place}"), place), &[])).collect();
    nodes.here.traces.append(&entries).await.unwrap();
    let listed = nodes.there.traces.list(&TraceFilter::default(), usize::MAX).await.unwrap();
    assert_eq!(listed.len(), TRACES_LISTED_MAX);
    let none = TraceRetention { since_ms: i64::MAX, bytes_max: 0 };
    assert_eq!(nodes.there.traces.retain(none).await.unwrap(), TRACES_REMOVED_MAX as u64);
}

/// A sweep of what has expired has nothing to do with traces, whose age the operator sets.
pub async fn traces_do_not_expire_by_themselves(nodes: &Nodes) {
    nodes.here.traces.append(&[entry(head("t", 1), &[])]).await.unwrap();
    nodes.here.sweeper.sweep(Timestamp(i64::MAX - 1)).await.unwrap();
    assert!(nodes.there.traces.find(&id("t")).await.unwrap().is_some());
}
