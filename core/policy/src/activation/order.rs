//! One activation, from its proposal to its decision.

use super::error::ActivationError;
use super::tally::{Tally, tally};
use super::{NODE_GONE_S, WITHIN_S};
use gatewright_domain::activation::{
    Activation, ActivationKind, ActivationState, Node, Proposal, Proposed, Verdict, WHY_CHARS_MAX,
};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{ActivationStore, HISTORY_NAMES_MAX};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Time between two looks at votes that nothing was told of.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The activations of a database. Cheap to clone.
#[derive(Clone)]
pub struct Activations {
    /// Where they are.
    pub store: Arc<dyn ActivationStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The bundle; it is stored.
    pub digest: BundleDigest,
    /// What the activation comes from.
    pub kind: ActivationKind,
    /// Who asks.
    pub by: String,
    /// What they say of it.
    pub note: Option<String>,
    /// How long the nodes have to get ready, in seconds.
    pub within_s: u64,
}

impl Order {
    /// An order that nobody says anything of.
    pub fn new(digest: BundleDigest, kind: ActivationKind, by: impl Into<String>) -> Self {
        Self { digest, kind, by: by.into(), note: None, within_s: WITHIN_S }
    }
}

impl Activations {
    /// Proposes a bundle that was examined, waits until every node that lives is ready, and puts it live.
    ///
    /// # Errors
    /// When another activation is open, or a node refuses; then nothing has changed.
    pub async fn activate(&self, order: &Order) -> Result<Activation, ActivationError> {
        match self.propose(order).await? {
            Proposed::Open(activation) => self.conclude(activation).await,
            Proposed::Busy(other) => Err(ActivationError::Busy(Box::new(other))),
        }
    }

    async fn propose(&self, order: &Order) -> Result<Proposed, Fault> {
        let now = self.clock.now();
        let proposal = Proposal {
            digest: order.digest.clone(),
            kind: order.kind,
            by: order.by.clone(),
            note: order.note.clone(),
            deadline: now.plus(order.within_s),
        };
        self.store.propose(&proposal, now).await
    }

    /// Waits for the nodes, and decides.
    async fn conclude(&self, activation: Activation) -> Result<Activation, ActivationError> {
        let verdict = self.verdict(&activation).await?;
        // Whoever else may have decided, has: what stands in the database counts.
        self.store.decide(activation.number, &verdict, self.clock.now()).await?;
        let decided = self.store.find(activation.number).await?;
        let decided = decided.ok_or_else(|| Fault::new("policy.activation", "an activation is gone"))?;
        match &decided.state {
            ActivationState::Live => Ok(decided),
            ActivationState::Refused { why } => {
                Err(ActivationError::Refused { number: decided.number, why: why.clone() })
            }
            ActivationState::Proposed => Err(Fault::new("policy.activation", "a decided activation is open").into()),
        }
    }

    /// The same, if the activation of that number (none: that nothing is live) still stands once no other can go live.
    ///
    /// # Errors
    /// When another activation is open or was before, or a node refuses; then nothing has changed.
    pub async fn activate_from(&self, live: Option<u64>, order: &Order) -> Result<Activation, ActivationError> {
        let activation = match self.propose(order).await? {
            Proposed::Open(activation) => activation,
            Proposed::Busy(other) => return Err(ActivationError::Busy(Box::new(other))),
        };
        if self.store.live().await?.map(|now| now.number) != live {
            let why = "another activation went live before".to_owned();
            self.store.decide(activation.number, &Verdict::Refused { why }, self.clock.now()).await?;
            return Err(ActivationError::Overtaken);
        }
        self.conclude(activation).await
    }

    /// Writes into the history that a bundle which no node was asked about is refused, unless that is the last thing
    /// written there. Where another activation is open it is not written.
    ///
    /// # Errors
    /// A fault of the store.
    pub(super) async fn write_refused(&self, order: &Order, why: String) -> Result<(), Fault> {
        let is_same = |last: &Activation| {
            last.proposal.digest == order.digest && matches!(last.state, ActivationState::Refused { .. })
        };
        if self.store.history(1).await?.first().is_some_and(is_same) {
            return Ok(());
        }
        if let Proposed::Open(activation) = self.propose(order).await? {
            let why = why.chars().take(WHY_CHARS_MAX).collect();
            self.store.decide(activation.number, &Verdict::Refused { why }, self.clock.now()).await?;
        }
        Ok(())
    }

    /// The last state of a folder that was refused since the activation of that number, and why.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn refused_since(&self, number: u64) -> Result<Option<(Activation, String)>, Fault> {
        let history = self.store.history(HISTORY_NAMES_MAX).await?;
        let later = history.into_iter().take_while(|one| one.number > number);
        Ok(later.filter(|one| one.proposal.kind == ActivationKind::Folder).find_map(|one| match &one.state {
            ActivationState::Refused { why } => Some((one.clone(), why.clone())),
            _ => None,
        }))
    }

    /// The nodes that live.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn nodes(&self) -> Result<Vec<Node>, Fault> {
        self.store.nodes(self.clock.now().minus(NODE_GONE_S)).await
    }

    /// Waits until every node that lives serves this activation or a later one, for at most `time`; answers the nodes.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn followed(&self, number: u64, time: Duration) -> Result<Vec<Node>, Fault> {
        let begin = tokio::time::Instant::now();
        loop {
            let nodes = self.nodes().await?;
            if nodes.iter().all(|node| node.activation >= number) || begin.elapsed() >= time {
                return Ok(nodes);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until an activation is decided, at most until its deadline.
    pub(super) async fn decided(&self, number: u64, deadline: Timestamp) -> Result<(), Fault> {
        let is_open = |found: Option<Activation>| found.is_some_and(|one| one.state == ActivationState::Proposed);
        while self.clock.now() < deadline && is_open(self.store.find(number).await?) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    async fn verdict(&self, activation: &Activation) -> Result<Verdict, Fault> {
        let mut heard = 0;
        loop {
            let now = self.clock.now();
            // Nodes first: one that votes in between is counted.
            let nodes = self.nodes().await?;
            let votes = self.store.votes(activation.number).await?;
            match tally(&nodes, &votes, activation.proposal.deadline, now) {
                Tally::Ready => return Ok(Verdict::Live),
                Tally::Refused(why) => return Ok(Verdict::Refused { why }),
                Tally::Waiting => {}
            }
            // However often there are notices, or none: the votes are looked at anew.
            heard = timeout(LOOK_EVERY, self.store.noticed(heard)).await.unwrap_or(heard);
        }
    }
}
