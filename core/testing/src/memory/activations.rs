//! Activations in memory.

use super::{Memory, Tables};
use async_trait::async_trait;
use gatewright_domain::activation::{
    Activation, ActivationKind, ActivationState, Node, Proposal, Proposed, PushedBundle, Verdict, Vote,
};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, NodeId};
use gatewright_domain::store::{ActivationStore, BundleStore};

#[async_trait]
impl ActivationStore for Memory {
    async fn push(&self, bundle: &PushedBundle, files: &[u8]) -> Result<PushedBundle, Fault> {
        self.keep(&bundle.digest, files, bundle.pushed_at).await?;
        Ok(self.tables().pushed.entry(bundle.digest.clone()).or_insert_with(|| bundle.clone()).clone())
    }

    async fn pushed(&self, digest: &BundleDigest) -> Result<Option<PushedBundle>, Fault> {
        Ok(self.tables().pushed.get(digest).cloned())
    }

    async fn list(&self, limit: usize) -> Result<Vec<PushedBundle>, Fault> {
        let mut pushed: Vec<PushedBundle> = self.tables().pushed.values().cloned().collect();
        pushed.sort_by(|one, other| (other.pushed_at, &one.digest).cmp(&(one.pushed_at, &other.digest)));
        pushed.truncate(limit);
        Ok(pushed)
    }

    async fn beginning_with(&self, prefix: &str, limit: usize) -> Result<Vec<BundleDigest>, Fault> {
        let prefix = prefix.to_ascii_lowercase();
        let tables = self.tables();
        Ok(tables.bundles.keys().filter(|digest| digest.as_str().starts_with(&prefix)).take(limit).cloned().collect())
    }

    async fn propose(&self, proposal: &Proposal, now: Timestamp) -> Result<Proposed, Fault> {
        let proposed = self.tables().propose(proposal, now);
        self.notices.send_modify(|count| *count += 1);
        Ok(proposed)
    }

    async fn vote(&self, number: u64, vote: &Vote) -> Result<(), Fault> {
        let mut tables = self.tables();
        let is_open = tables.open().is_some_and(|open| open.number == number);
        if is_open && !tables.votes.iter().any(|cast| cast.node == vote.node) {
            tables.votes.push(vote.clone());
        }
        self.notices.send_modify(|count| *count += 1);
        Ok(())
    }

    async fn votes(&self, number: u64) -> Result<Vec<Vote>, Fault> {
        let tables = self.tables();
        let is_open = tables.open().is_some_and(|open| open.number == number);
        let mut votes = if is_open { tables.votes.clone() } else { Vec::new() };
        votes.sort_by(|one, other| one.node_name.cmp(&other.node_name));
        Ok(votes)
    }

    async fn decide(&self, number: u64, verdict: &Verdict, now: Timestamp) -> Result<bool, Fault> {
        let decided = self.tables().decide(number, verdict, now);
        self.notices.send_modify(|count| *count += 1);
        Ok(decided)
    }

    async fn find(&self, number: u64) -> Result<Option<Activation>, Fault> {
        Ok(self.tables().activations.iter().find(|activation| activation.number == number).cloned())
    }

    async fn open(&self) -> Result<Option<Activation>, Fault> {
        Ok(self.tables().open().cloned())
    }

    async fn live(&self) -> Result<Option<Activation>, Fault> {
        let tables = self.tables();
        Ok(tables.activations.iter().rfind(|activation| activation.state == ActivationState::Live).cloned())
    }

    async fn latest(&self, kind: ActivationKind) -> Result<Option<Activation>, Fault> {
        let tables = self.tables();
        let of = |one: &&Activation| one.state == ActivationState::Live && one.proposal.kind == kind;
        Ok(tables.activations.iter().rfind(of).cloned())
    }

    async fn history(&self, limit: usize) -> Result<Vec<Activation>, Fault> {
        Ok(self.tables().activations.iter().rev().take(limit).cloned().collect())
    }

    async fn beat(&self, node: &Node) -> Result<(), Fault> {
        self.tables().nodes.insert(node.id.clone(), node.clone());
        Ok(())
    }

    async fn nodes(&self, since: Timestamp) -> Result<Vec<Node>, Fault> {
        let tables = self.tables();
        let mut nodes: Vec<Node> = tables.nodes.values().filter(|node| node.seen_at > since).cloned().collect();
        nodes.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        Ok(nodes)
    }

    async fn leave(&self, node: &NodeId) -> Result<(), Fault> {
        self.tables().nodes.remove(node);
        Ok(())
    }

    async fn noticed(&self, since: u64) -> u64 {
        let mut notices = self.notices.subscribe();
        let count = notices.wait_for(|count| *count > since).await;
        // The sender lives as long as this value.
        count.map_or(since, |count| *count)
    }
}

impl Tables {
    fn open(&self) -> Option<&Activation> {
        self.activations.iter().find(|activation| activation.state == ActivationState::Proposed)
    }

    fn propose(&mut self, proposal: &Proposal, now: Timestamp) -> Proposed {
        if let Some(other) = self.open().cloned() {
            if now < other.proposal.deadline {
                return Proposed::Busy(other);
            }
            self.decide(other.number, &Verdict::Refused { why: "it was not decided before its deadline".into() }, now);
        }
        let activation = Activation {
            number: self.activations.len() as u64 + 1,
            proposal: proposal.clone(),
            proposed_at: now,
            state: ActivationState::Proposed,
            decided_at: None,
        };
        self.activations.push(activation.clone());
        Proposed::Open(activation)
    }

    fn decide(&mut self, number: u64, verdict: &Verdict, now: Timestamp) -> bool {
        let is = |one: &&mut Activation| one.number == number && one.state == ActivationState::Proposed;
        let Some(activation) = self.activations.iter_mut().find(is) else { return false };
        activation.decided_at = Some(now);
        activation.state = match verdict.clone() {
            Verdict::Live => ActivationState::Live,
            Verdict::Refused { why } => ActivationState::Refused { why },
        };
        self.votes.clear();
        true
    }
}
