//! Activations.

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::activation::{
    Activation, ActivationKind, ActivationState, Node, Proposal, Proposed, PushedBundle, Verdict, Vote,
};
use gatewright_domain::store::{ActivationStore, Stores};

fn proposal(digest: &str, kind: ActivationKind) -> Proposal {
    let note = Some("why not".to_owned());
    Proposal { digest: samples::word(digest), kind, by: "ada".into(), note, deadline: later(60) }
}

fn pushed(digest: &str, author: &str, seconds: u64) -> PushedBundle {
    let (name, note) = (Some("acme".to_owned()), None);
    PushedBundle { digest: samples::word(digest), name, author: author.into(), note, pushed_at: later(seconds) }
}

async fn opened(stores: &Stores, digest: &str, kind: ActivationKind) -> Activation {
    match stores.activations.propose(&proposal(digest, kind), later(0)).await.unwrap() {
        Proposed::Open(activation) => activation,
        Proposed::Busy(other) => panic!("{other:?} is open"),
    }
}

fn refused(why: &str) -> Verdict {
    Verdict::Refused { why: why.to_owned() }
}

fn vote(node: &str, failure: Option<&str>) -> Vote {
    Vote { node: samples::word(node), node_name: format!("{node}:80"), failure: failure.map(str::to_owned) }
}

async fn decide(store: &dyn ActivationStore, activation: &Activation, verdict: &Verdict) {
    assert!(store.decide(activation.number, verdict, later(1)).await.unwrap());
}

/// Whoever pushes the same files again takes nothing from them; their files are there to be found.
pub async fn who_pushed_a_bundle_first_stays_its_author(nodes: &Nodes) {
    let (here, there) = (&nodes.here.activations, &nodes.there.activations);
    let (first, second) = (pushed("a1", "ada", 0), pushed("a1", "bob", 1));
    assert_eq!(here.push(&first, b"files").await.unwrap(), first);
    assert_eq!(there.push(&second, b"files").await.unwrap(), first);
    let other = pushed("b2", "bob", 2);
    there.push(&other, b"other").await.unwrap();
    assert_eq!(here.pushed(&first.digest).await.unwrap(), Some(first.clone()));
    assert_eq!(here.pushed(&samples::word("c3")).await.unwrap(), None);
    assert_eq!(here.list(9).await.unwrap(), [other.clone(), first.clone()], "the latest first");
    assert_eq!(there.list(1).await.unwrap(), [other]);
    assert_eq!(nodes.there.bundles.find(&first.digest).await.unwrap(), Some(b"files".to_vec()));
}

/// In capitals or not; what is no hexadecimal text is the beginning of none.
pub async fn stored_bundles_are_found_by_how_their_digest_begins(nodes: &Nodes) {
    for digest in ["abcd01", "abcd02", "abce03"] {
        nodes.here.bundles.keep(&samples::word(digest), b"files", later(0)).await.unwrap();
    }
    let beginning = async |prefix: &str, limit| {
        let found = nodes.there.activations.beginning_with(prefix, limit).await.unwrap();
        found.into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(beginning("ABCD", 9).await, ["abcd01", "abcd02"]);
    assert_eq!(beginning("abcd01", 9).await, ["abcd01"]);
    assert_eq!(beginning("ab", 2).await.len(), 2);
    assert_eq!(beginning("%", 9).await.len() + beginning("_b", 9).await.len() + beginning("ff", 9).await.len(), 0);
}

/// The others are told which; numbers have no gaps, so that none can be missing.
pub async fn of_many_that_propose_at_once_one_opens_its_activation(nodes: &Nodes) {
    for round in 1..=3 {
        let proposed = race(nodes, |racer, stores| async move {
            let proposal = proposal(&format!("d{racer}"), ActivationKind::Activate);
            stores.activations.propose(&proposal, later(0)).await.unwrap()
        });
        let mut opened = Vec::new();
        let mut busy = Vec::new();
        for outcome in proposed.await {
            match outcome {
                Proposed::Open(activation) => opened.push(activation),
                Proposed::Busy(activation) => busy.push(activation),
            }
        }
        assert_eq!(opened.len(), 1);
        assert_eq!(opened[0].number, round);
        assert!(busy.iter().all(|other| *other == opened[0]));
        assert_eq!(nodes.there.activations.open().await.unwrap().as_ref(), Some(&opened[0]));
        decide(nodes.here.activations.as_ref(), &opened[0], &refused("enough")).await;
        assert_eq!(nodes.there.activations.open().await.unwrap(), None);
    }
}

/// What nobody decided in time keeps nobody waiting.
pub async fn an_activation_past_its_deadline_gives_way(nodes: &Nodes) {
    let stuck = opened(&nodes.here, "d1", ActivationKind::Activate).await;
    let next = proposal("d2", ActivationKind::Folder);
    let busy = nodes.there.activations.propose(&next, later(59)).await.unwrap();
    assert_eq!(busy, Proposed::Busy(stuck.clone()));
    let Proposed::Open(next) = nodes.there.activations.propose(&next, later(60)).await.unwrap() else {
        panic!("it is past its deadline")
    };
    assert_eq!((next.number, next.proposed_at), (stuck.number + 1, later(60)));
    let stuck = nodes.here.activations.find(stuck.number).await.unwrap().unwrap();
    assert!(matches!(stuck.state, ActivationState::Refused { .. }), "{stuck:?}");
    assert_eq!(stuck.decided_at, Some(later(60)));
}

/// A node cannot change its mind, and a vote that comes late is none on the next activation.
pub async fn a_node_votes_once_and_while_it_is_open(nodes: &Nodes) {
    let (here, there) = (&nodes.here.activations, &nodes.there.activations);
    let first = opened(&nodes.here, "d1", ActivationKind::Activate).await;
    let (ready, failed) = (vote("n1", None), vote("n2", Some("it is bad")));
    here.vote(first.number, &ready).await.unwrap();
    here.vote(first.number, &vote("n1", Some("no"))).await.unwrap();
    there.vote(first.number, &failed).await.unwrap();
    assert_eq!(there.votes(first.number).await.unwrap(), [ready, failed]);
    decide(here.as_ref(), &first, &Verdict::Live).await;
    there.vote(first.number, &vote("n3", None)).await.unwrap();
    assert_eq!(here.votes(first.number).await.unwrap(), []);
    let second = opened(&nodes.here, "d2", ActivationKind::Activate).await;
    here.vote(first.number, &vote("n3", None)).await.unwrap();
    assert_eq!(here.votes(second.number).await.unwrap(), []);
}

/// Half would refuse it, half would put it live.
pub async fn of_many_that_decide_one_does(nodes: &Nodes) {
    let activation = opened(&nodes.here, "d1", ActivationKind::Activate).await;
    let decided = race(nodes, |racer, stores| async move {
        let verdict = if racer % 4 < 2 { Verdict::Live } else { refused("no") };
        let decided = stores.activations.decide(activation.number, &verdict, later(1)).await.unwrap();
        decided.then_some(verdict)
    });
    let decided: Vec<Verdict> = decided.await.into_iter().flatten().collect();
    assert_eq!(decided.len(), 1);
    let state = nodes.there.activations.find(1).await.unwrap().unwrap().state;
    assert_eq!(state == ActivationState::Live, decided[0] == Verdict::Live);
    assert!(!nodes.there.activations.decide(2, &Verdict::Live, later(1)).await.unwrap(), "there is none");
}

/// A refused one changes nothing of what is live.
pub async fn what_went_live_last_is_live(nodes: &Nodes) {
    let (here, there) = (&nodes.here.activations, &nodes.there.activations);
    assert_eq!(there.live().await.unwrap(), None);
    let mut all = Vec::new();
    for (digest, kind, verdict) in [
        ("d1", ActivationKind::Start, Verdict::Live),
        ("d2", ActivationKind::Folder, Verdict::Live),
        ("d3", ActivationKind::Folder, refused("it is bad")),
        ("d1", ActivationKind::Rollback, Verdict::Live),
        ("d4", ActivationKind::Activate, refused("it is late")),
    ] {
        let activation = opened(&nodes.here, digest, kind).await;
        decide(here.as_ref(), &activation, &verdict).await;
        all.push(there.find(activation.number).await.unwrap().unwrap());
    }
    assert_eq!(all[3].proposal, proposal("d1", ActivationKind::Rollback));
    assert_eq!((all[3].proposed_at, all[3].decided_at), (later(0), Some(later(1))));
    assert_eq!(all[2].state, ActivationState::Refused { why: "it is bad".into() });
    assert_eq!(there.live().await.unwrap().as_ref(), Some(&all[3]));
    assert_eq!(there.latest(ActivationKind::Folder).await.unwrap().as_ref(), Some(&all[1]));
    assert_eq!(there.latest(ActivationKind::Activate).await.unwrap(), None);
    all.reverse();
    assert_eq!(there.history(9).await.unwrap(), all);
    assert_eq!(there.history(2).await.unwrap(), all[..2]);
}

/// A node that beats again is the same one; one that leaves is gone, one that falls silent is not asked any more.
pub async fn a_node_is_there_while_it_beats_and_until_it_leaves(nodes: &Nodes) {
    let node = |id: &str, activation, seconds| Node {
        id: samples::word(id),
        name: format!("{id}:80"),
        digest: samples::bundle(),
        activation,
        seen_at: later(seconds),
    };
    let (here, there) = (&nodes.here.activations, &nodes.there.activations);
    for beat in [node("b", 1, 0), node("a", 1, 10), node("c", 1, 10), node("a", 2, 11)] {
        here.beat(&beat).await.unwrap();
    }
    assert_eq!(there.nodes(later(9)).await.unwrap(), [node("a", 2, 11), node("c", 1, 10)]);
    assert_eq!(there.nodes(later(10)).await.unwrap(), [node("a", 2, 11)]);
    there.leave(&samples::word("a")).await.unwrap();
    assert_eq!(here.nodes(later(0)).await.unwrap(), [node("c", 1, 10)]);
    nodes.here.sweeper.sweep(later(24 * 3600 + 5)).await.unwrap();
    assert_eq!(here.nodes(later(0)).await.unwrap(), [node("c", 1, 10)], "the silent one is forgotten");
    nodes.here.sweeper.sweep(later(24 * 3600 + 10)).await.unwrap();
    assert_eq!(here.nodes(later(0)).await.unwrap(), []);
}

/// At once; other processes may have to look.
pub async fn who_waits_hears_what_this_node_changes(nodes: &Nodes) {
    let store = &nodes.here.activations;
    let activation = opened(&nodes.here, "d1", ActivationKind::Activate).await;
    let heard = store.noticed(0).await;
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.noticed(heard).await }
    });
    decide(store.as_ref(), &activation, &Verdict::Live).await;
    assert!(waiting.await.unwrap() > heard);
}
