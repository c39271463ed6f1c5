//! Trials of policies.

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::hooks::HookKind;
use gatewright_domain::store::{BUNDLE_KEPT_S, Begun, SAMPLES_A_FINDING_MAX, TRIALS_KEPT_MAX};
use gatewright_domain::trial::{Chosen, Counted, Finding, Group, Measured, Plan, Sample, Share, Trial, TrialKind};
use serde_json::json;

fn plan(kind: TrialKind, digest: &str) -> Plan {
    let share = Share::of_ten_thousand(2_000).unwrap();
    Plan { kind, digest: samples::word(digest), share, chosen: Chosen::Client, by: "ann".to_owned(), note: None }
}

async fn begun(nodes: &Nodes, plan: &Plan) -> Trial {
    match nodes.here.trials.begin(plan, later(0)).await.unwrap() {
        Begun::Begun(trial) => trial,
        Begun::Running(other) => panic!("another runs: {other:?}"),
    }
}

fn found(finding: Finding, binding: &str) -> Measured {
    Measured { what: Counted::Found(finding), hook: HookKind::Claims, binding: binding.to_owned() }
}

/// With its group and its note, here and there.
pub async fn a_trial_is_found_as_it_was_begun(nodes: &Nodes) {
    let group = Group {
        clients: [samples::word("shop")].into(),
        subjects: [samples::word("alice")].into(),
        claims: [("group".to_owned(), "staff".to_owned())].into(),
    };
    let (chosen, note) = (Chosen::Group(group), Some("for the new terms".to_owned()));
    let canary = begun(nodes, &Plan { chosen, note, ..plan(TrialKind::Canary, "one") }).await;
    let shadow = begun(nodes, &plan(TrialKind::Shadow, "two")).await;
    assert_eq!(nodes.there.trials.running().await.unwrap(), [canary.clone(), shadow.clone()]);
    assert_eq!(nodes.there.trials.latest(TrialKind::Canary).await.unwrap(), Some(canary));
    assert_eq!((shadow.begun_at, shadow.ended), (later(0), None));
}

/// Of each kind one, over nodes.
pub async fn of_many_that_begin_a_trial_of_a_kind_one_does(nodes: &Nodes) {
    let begun = race(nodes, |number, node| {
        let trials = node.trials.clone();
        async move {
            let plan = plan(TrialKind::Shadow, &format!("d{number}"));
            matches!(trials.begin(&plan, later(0)).await.unwrap(), Begun::Begun(_))
        }
    })
    .await;
    assert_eq!(begun.into_iter().filter(|begun| *begun).count(), 1);
    assert_eq!(nodes.there.trials.running().await.unwrap().len(), 1);
}

/// One that ended says by whom, and is no longer running.
pub async fn a_trial_ends_once_and_makes_room_for_the_next(nodes: &Nodes) {
    let first = begun(nodes, &plan(TrialKind::Shadow, "one")).await;
    assert!(nodes.there.trials.end(first.number, "bob", later(5)).await.unwrap());
    assert!(!nodes.here.trials.end(first.number, "eve", later(6)).await.unwrap());
    assert!(!nodes.here.trials.end(99, "eve", later(6)).await.unwrap());
    let ended = nodes.here.trials.latest(TrialKind::Shadow).await.unwrap().unwrap();
    assert_eq!(ended.ended, Some((later(5), "bob".to_owned())));
    let second = begun(nodes, &plan(TrialKind::Shadow, "two")).await;
    assert!(second.number > first.number);
    assert_eq!(nodes.there.trials.latest(TrialKind::Shadow).await.unwrap(), Some(second));
}

/// While it runs.
pub async fn the_share_of_a_running_trial_is_changed(nodes: &Nodes) {
    let trial = begun(nodes, &plan(TrialKind::Canary, "one")).await;
    assert!(nodes.there.trials.widen(trial.number, Share::ALL).await.unwrap());
    assert_eq!(nodes.here.trials.running().await.unwrap()[0].plan.share, Share::ALL);
    nodes.here.trials.end(trial.number, "bob", later(5)).await.unwrap();
    assert!(!nodes.there.trials.widen(trial.number, trial.plan.share).await.unwrap());
}

/// By the database, so that nothing is lost between nodes.
pub async fn what_all_nodes_count_is_added_up(nodes: &Nodes) {
    let number = begun(nodes, &plan(TrialKind::Shadow, "one")).await.number;
    let (asked, claims) =
        (Measured { what: Counted::Asked, ..found(Finding::Acr, "") }, found(Finding::Claims, "claims/a"));
    let racers = race(nodes, |_, node| {
        let (trials, counts) = (node.trials.clone(), [(claims.clone(), 1), (asked.clone(), 3)]);
        async move { trials.count(number, &counts).await.unwrap() }
    })
    .await
    .len() as u64;
    let counts = nodes.there.trials.counts(number).await.unwrap();
    assert_eq!(counts, [(asked, 3 * racers), (claims, racers)]);
    assert_eq!(nodes.here.trials.counts(number + 1).await.unwrap(), []);
}

/// The first ones; another finding has room of its own.
pub async fn samples_are_kept_up_to_a_limit_of_each_finding(nodes: &Nodes) {
    let number = begun(nodes, &plan(TrialKind::Shadow, "one")).await.number;
    let sample = |finding, at_ms: i64| Sample {
        id: format!("{finding:?}{at_ms}"),
        measured: found(finding, "claims/a"),
        at_ms,
        document: json!({ "live": at_ms }),
    };
    let many: Vec<Sample> = (0..=SAMPLES_A_FINDING_MAX as i64).map(|at| sample(Finding::Claims, at)).collect();
    nodes.here.trials.sample(number, &many).await.unwrap();
    nodes.there.trials.sample(number, &[sample(Finding::Fault, 9_999)]).await.unwrap();
    let kept = nodes.there.trials.samples(number, 2 * SAMPLES_A_FINDING_MAX).await.unwrap();
    assert_eq!(kept.len(), SAMPLES_A_FINDING_MAX + 1);
    assert_eq!(kept[..2], [sample(Finding::Fault, 9_999), many[SAMPLES_A_FINDING_MAX - 1].clone()]);
    assert_eq!(nodes.here.trials.samples(number, 1).await.unwrap().len(), 1);
}

/// With what was counted of them.
pub async fn only_the_latest_trials_are_kept(nodes: &Nodes) {
    let first = begun(nodes, &plan(TrialKind::Canary, "one")).await.number;
    nodes.here.trials.count(first, &[(found(Finding::Acr, ""), 1)]).await.unwrap();
    nodes.here.trials.end(first, "bob", later(0)).await.unwrap();
    for _ in 0..TRIALS_KEPT_MAX {
        assert_eq!(nodes.there.trials.counts(first).await.unwrap().len(), 1);
        let next = begun(nodes, &plan(TrialKind::Shadow, "two")).await.number;
        nodes.there.trials.end(next, "bob", later(0)).await.unwrap();
    }
    assert_eq!(nodes.there.trials.counts(first).await.unwrap(), []);
    assert_eq!(nodes.there.trials.latest(TrialKind::Canary).await.unwrap(), None);
}

/// However old it is.
pub async fn the_bundle_of_a_trial_is_kept(nodes: &Nodes) {
    let digests = [samples::word("tried"), samples::word("other")];
    for digest in &digests {
        nodes.here.bundles.keep(digest, b"files", later(0)).await.unwrap();
    }
    begun(nodes, &plan(TrialKind::Shadow, "tried")).await;
    nodes.there.sweeper.sweep(later(BUNDLE_KEPT_S + 1)).await.unwrap();
    assert!(nodes.here.bundles.find(&digests[0]).await.unwrap().is_some());
    assert!(nodes.here.bundles.find(&digests[1]).await.unwrap().is_none());
}
