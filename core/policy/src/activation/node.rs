//! A server among those that share a database: it beats, votes on what is proposed, and follows what is live.

use super::boot::activates;
use super::error::ActivationError;
use super::order::{Activations, Order};
use crate::files::Files;
use crate::live::{LivePolicies, NotActivated};
use crate::report::shown;
use gatewright_domain::activation::{Activation, ActivationKind, Node, Verdict, Vote, WHY_CHARS_MAX};
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Policies;
use gatewright_domain::identifiers::{BundleDigest, NodeId};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Time between two looks at the activations that nothing was told of.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Time between two beats.
const BEAT_EVERY: Duration = Duration::from_secs(3);

/// What a node is made of.
pub struct NodeSetup {
    /// This run of it.
    pub id: NodeId,
    /// What people call it.
    pub name: String,
    /// The activations of its database.
    pub activations: Activations,
    /// What it serves.
    pub policies: Arc<LivePolicies>,
}

/// A node.
pub struct PolicyNode {
    id: NodeId,
    name: String,
    pub(super) activations: Activations,
    policies: Arc<LivePolicies>,
    /// The number of the activation it serves; 0 before it joined.
    serves: AtomicU64,
    /// The last activation it was asked to vote on.
    asked: AtomicU64,
    /// The last activation it told that it cannot serve.
    told: AtomicU64,
    /// The state of its folder, where that did not go live.
    refused: Mutex<Option<BundleDigest>>,
    /// Two folders' saves at once would each find the other's activation open.
    activating: tokio::sync::Mutex<()>,
    /// Two that follow at once would race for who is last.
    following: tokio::sync::Mutex<()>,
    /// Of two beats at once the older could be written last, and the node would be thought to lag until the next.
    beating: tokio::sync::Mutex<()>,
}

/// How a node began to serve.
#[derive(Debug)]
pub struct Joined {
    /// What it serves.
    pub digest: BundleDigest,
    /// The activation that came of.
    pub activation: u64,
    /// Why what it started with did not go live, where it did not.
    pub refused: Option<ActivationError>,
}

impl PolicyNode {
    /// A node that has not joined the others yet.
    pub fn new(setup: NodeSetup) -> Self {
        let NodeSetup { id, name, activations, policies } = setup;
        Self {
            id,
            name,
            activations,
            policies,
            serves: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            told: AtomicU64::new(0),
            refused: Mutex::default(),
            activating: tokio::sync::Mutex::default(),
            following: tokio::sync::Mutex::default(),
            beating: tokio::sync::Mutex::default(),
        }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of the activation it serves; 0 before it joined.
    pub fn activation(&self) -> u64 {
        self.serves.load(Ordering::SeqCst)
    }

    /// What it serves.
    pub fn digest(&self) -> BundleDigest {
        self.policies.live().digest().clone()
    }

    /// The state of its folder that did not go live, as long as the folder is in that state.
    pub fn refused(&self) -> Option<BundleDigest> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins to serve what is live. What it starts with, a folder's files or those that come with the server, is
    /// activated first where that is due; when it cannot be, what was live goes on.
    ///
    /// # Errors
    /// When nothing is live after all, or the database fails.
    pub async fn join(&self, files: &Files, kind: ActivationKind) -> Result<Joined, ActivationError> {
        // Another run of this node cannot live beside it.
        for node in self.activations.nodes().await?.iter().filter(|node| node.name == self.name) {
            self.activations.store.leave(&node.id).await?;
        }
        let refused = match self.offered(files, kind).await {
            Ok(_) => None,
            Err(ActivationError::Fault(fault)) => return Err(fault.into()),
            Err(refused) => Some(refused),
        };
        let Some(live) = self.activations.store.live().await? else {
            return Err(refused.unwrap_or(ActivationError::NothingLive));
        };
        // A server that cannot serve what is live must not start.
        self.policies.prepared(&live.proposal.digest).await?;
        self.follow().await?;
        if let Some(ActivationError::Wrong(wrong)) = &refused {
            let order = Order::new(files.digest(), kind, self.asks(kind));
            self.activations.write_refused(&order, shown(wrong)).await?;
        }
        Ok(Joined { digest: self.digest(), activation: self.activation(), refused })
    }

    /// Puts files live as the latest state of a folder; answers whether they were not before. What was activated of the
    /// folder last is not activated again: so a rollback holds until the folder changes.
    ///
    /// # Errors
    /// When anything is wrong with them, or a node refuses; then what was live goes on.
    pub async fn save(&self, files: &Files) -> Result<bool, ActivationError> {
        let changed = self.offered(files, ActivationKind::Folder).await?;
        self.follow().await?;
        Ok(changed)
    }

    /// Activates what is due, and remembers whether it was refused.
    async fn offered(&self, files: &Files, kind: ActivationKind) -> Result<bool, ActivationError> {
        let offered = self.offer(files, kind).await;
        let refused = match &offered {
            Ok(_) => None,
            // That says nothing of the folder.
            Err(ActivationError::Fault(_)) => return offered,
            Err(_) => Some(files.digest()),
        };
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
        offered
    }

    /// Who asks, as the history has it.
    fn asks(&self, kind: ActivationKind) -> String {
        format!("{} at {}", kind.name(), self.name)
    }

    /// Activates what is due; answers whether anything was.
    async fn offer(&self, files: &Files, kind: ActivationKind) -> Result<bool, ActivationError> {
        let _alone = self.activating.lock().await;
        let digest = files.digest();
        let store = &self.activations.store;
        let mut examined = false;
        loop {
            let live = store.live().await?;
            let from = live.as_ref().map(|live| live.number);
            if !activates(kind, &digest, live.as_ref(), store.latest(kind).await?.as_ref()) {
                return Ok(false);
            }
            // What is live already has passed, and what a server starts with for the first time is compiled: it must
            // start on a slow day.
            if !examined && live.is_some_and(|live| live.proposal.digest != digest) {
                self.policies.examined(files).await?;
                examined = true;
            }
            let order = Order::new(digest.clone(), kind, self.asks(kind));
            match self.activations.activate_from(from, &order).await {
                Ok(_) => return Ok(true),
                Err(ActivationError::Overtaken) => {}
                // Of several nodes with the same folder one is the first; the others find it done.
                Err(ActivationError::Busy(other)) => {
                    self.activations.decided(other.number, other.proposal.deadline).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Beats, votes and follows, until it is dropped.
    pub async fn run(self: Arc<Self>) {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.clone().keep_beating());
        let mut heard = 0;
        let mut failing = false;
        loop {
            match self.look(&mut tasks).await {
                Ok(()) => failing = false,
                // Told once, not twice a second.
                Err(fault) if !std::mem::replace(&mut failing, true) => {
                    tracing::error!(%fault, "activations cannot be looked at; what is live here goes on");
                }
                Err(_) => {}
            }
            while tasks.try_join_next().is_some() {}
            heard = timeout(LOOK_EVERY, self.activations.store.noticed(heard)).await.unwrap_or(heard);
        }
    }

    /// Says that it ends, so that nobody waits for it.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn leave(&self) -> Result<(), Fault> {
        self.activations.store.leave(&self.id).await
    }

    /// Looks once at what is proposed and what is live.
    pub(super) async fn look(self: &Arc<Self>, tasks: &mut JoinSet<()>) -> Result<(), Fault> {
        if let Some(open) = self.activations.store.open().await? {
            let now = self.activations.clock.now();
            if open.proposal.deadline < now {
                let why = "it was not decided before its deadline: who asked for it has gone away".to_owned();
                self.activations.store.decide(open.number, &Verdict::Refused { why }, now).await?;
            } else if self.asked.fetch_max(open.number, Ordering::SeqCst) < open.number {
                tasks.spawn(self.clone().vote(open));
            }
        }
        self.follow().await
    }

    /// Gets ready, beside everything else, and says so. One that does not get ready in time says nothing.
    async fn vote(self: Arc<Self>, open: Activation) {
        let Activation { number, proposal, .. } = open;
        let left = Duration::from_secs(proposal.deadline.since(self.activations.clock.now()));
        let Ok(prepared) = timeout(left, self.policies.prepared(&proposal.digest)).await else {
            tracing::error!(activation = number, policy.digest = %proposal.digest, "the proposed policy was not ready in time");
            return;
        };
        let failure = prepared.err().map(|error| match error {
            NotActivated::Wrong(wrong) => shown(&wrong).chars().take(WHY_CHARS_MAX).collect(),
            NotActivated::Fault(fault) => fault.to_string(),
        });
        let vote = Vote { node: self.id.clone(), node_name: self.name.clone(), failure };
        if let Err(fault) = self.activations.store.vote(number, &vote).await {
            tracing::error!(%fault, activation = number, "this node's vote could not be cast");
        }
    }

    /// Serves what is live, if that is later than what it serves.
    async fn follow(&self) -> Result<(), Fault> {
        let _alone = self.following.lock().await;
        let Some(live) = self.activations.store.live().await? else { return Ok(()) };
        if live.number <= self.activation() {
            return Ok(());
        }
        match self.policies.prepared(&live.proposal.digest).await {
            Ok(policy) => self.policies.go_live(policy),
            Err(error) => {
                if self.told.fetch_max(live.number, Ordering::SeqCst) < live.number {
                    let digest = &live.proposal.digest;
                    tracing::error!(activation = live.number, policy.digest = %digest, "what is live cannot be served here: {error}");
                }
                return Ok(());
            }
        }
        self.serves.store(live.number, Ordering::SeqCst);
        self.beat().await?;
        let Activation { number, proposal, .. } = live;
        let kind = proposal.kind.name();
        tracing::info!(activation = number, kind, policy.digest = %proposal.digest, by = proposal.by, "the policy is followed");
        Ok(())
    }

    async fn keep_beating(self: Arc<Self>) {
        loop {
            if let Err(fault) = self.beat().await {
                tracing::warn!(%fault, "other nodes do not hear that this one lives");
            }
            sleep(BEAT_EVERY).await;
        }
    }

    async fn beat(&self) -> Result<(), Fault> {
        let _alone = self.beating.lock().await;
        let node = Node {
            id: self.id.clone(),
            name: self.name.clone(),
            digest: self.digest(),
            activation: self.activation(),
            seen_at: self.activations.clock.now(),
        };
        self.activations.store.beat(&node).await
    }
}
