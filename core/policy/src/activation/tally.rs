//! Whether an activation may be decided: a pure rule.

use gatewright_domain::activation::{Node, Vote, WHY_CHARS_MAX};
use gatewright_domain::clock::Timestamp;

/// What the votes come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tally {
    /// Not all have voted.
    Waiting,
    /// All who live are ready.
    Ready,
    /// It cannot be: the reason, for whoever asked.
    Refused(String),
}

/// What the votes of the nodes that live come to. One that is not ready refuses for all; so does time.
pub(super) fn tally(nodes: &[Node], votes: &[Vote], deadline: Timestamp, now: Timestamp) -> Tally {
    if let Some((name, why)) = votes.iter().find_map(|vote| Some((&vote.node_name, vote.failure.as_ref()?))) {
        let why: String = why.chars().take(WHY_CHARS_MAX).collect();
        return Tally::Refused(format!("node {name} cannot serve it:\n{why}"));
    }
    let missing: Vec<&str> = nodes
        .iter()
        .filter(|node| !votes.iter().any(|vote| vote.node == node.id))
        .map(|node| node.name.as_str())
        .collect();
    if missing.is_empty() {
        return Tally::Ready;
    }
    if now < deadline {
        return Tally::Waiting;
    }
    let (nodes, were) = if missing.len() == 1 { ("node", "was") } else { ("nodes", "were") };
    Tally::Refused(format!("{nodes} {} {were} not ready in time", missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::identifiers::{BundleDigest, NodeId};

    const DEADLINE: Timestamp = Timestamp(100);

    fn nodes(names: &[&str]) -> Vec<Node> {
        let node = |name: &&str| Node {
            id: NodeId::parse(*name).unwrap(),
            name: (*name).to_owned(),
            digest: BundleDigest::parse("d").unwrap(),
            activation: 1,
            seen_at: Timestamp(0),
        };
        names.iter().map(node).collect()
    }

    fn votes(votes: &[(&str, Option<&str>)]) -> Vec<Vote> {
        let vote = |(name, failure): &(&str, Option<&str>)| Vote {
            node: NodeId::parse(*name).unwrap(),
            node_name: (*name).to_owned(),
            failure: failure.map(str::to_owned),
        };
        votes.iter().map(vote).collect()
    }

    #[test]
    fn all_who_live_must_be_ready() {
        let both = nodes(&["a", "b"]);
        let said = |said: &[(&str, Option<&str>)], now| tally(&both, &votes(said), DEADLINE, Timestamp(now));
        assert_eq!(said(&[], 0), Tally::Waiting);
        assert_eq!(said(&[("a", None)], 99), Tally::Waiting);
        assert_eq!(said(&[("a", None), ("b", None)], 99), Tally::Ready);
        // One that has voted and is gone takes nothing from the others.
        assert_eq!(said(&[("a", None), ("b", None), ("c", None)], 0), Tally::Ready);
        assert_eq!(tally(&[], &[], DEADLINE, Timestamp(0)), Tally::Ready, "no server runs");
    }

    #[test]
    fn one_that_cannot_refuses_at_once_and_says_why() {
        let both = nodes(&["a", "b"]);
        let refused = tally(&both, &votes(&[("b", Some("pwd.rhai:1:1: it is bad"))]), DEADLINE, Timestamp(0));
        assert_eq!(refused, Tally::Refused("node b cannot serve it:\npwd.rhai:1:1: it is bad".into()));
        let long = "x".repeat(WHY_CHARS_MAX + 1);
        let Tally::Refused(why) = tally(&both, &votes(&[("b", Some(&long))]), DEADLINE, Timestamp(0)) else { panic!() };
        assert_eq!(why.chars().filter(|c| *c == 'x').count(), WHY_CHARS_MAX);
    }

    #[test]
    fn whoever_is_not_heard_of_in_time_is_named() {
        let three = nodes(&["a", "b", "c"]);
        let late = |said| tally(&three, &votes(said), DEADLINE, DEADLINE);
        assert_eq!(late(&[("a", None), ("c", None)]), Tally::Refused("node b was not ready in time".into()));
        assert_eq!(late(&[("a", None)]), Tally::Refused("nodes b, c were not ready in time".into()));
    }
}
