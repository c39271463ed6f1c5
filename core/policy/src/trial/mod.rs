//! Trying a bundle beside the live one, on every node, until it is ended.
//!
//! A *shadow* ([`shadow`]) is asked what the live policy was asked, after it has answered, on the record of its host
//! calls ([`crate::bundle`]): it decides nothing and does nothing. A *canary* ([`canary`]) is the policy that some
//! interactions begin with, and end on. [`TriedPolicies`] stands before the live policies and follows what the database
//! says is running.

mod canary;
mod compare;
mod shadow;
mod tallies;
mod worker;

pub(crate) use compare::{Difference, answers};
pub use compare::{SLOWER_MICROS, SLOWER_TIMES};
pub use tallies::SAMPLES_A_WRITE_MAX;
pub(crate) use worker::record_of;

pub use worker::{AFTER_MS, GATHERS_MS, QUESTIONS_MAX, STRETCH_MS, WRITE_EVERY_MS};

use crate::bundle::CompiledBundle;
use crate::live::LivePolicies;
use async_trait::async_trait;
use canary::Canary;
use gatewright_domain::capabilities::users::UserDirectory;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{Policies, Policy};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::TrialStore;
use gatewright_domain::trace::Redaction;
use gatewright_domain::trial::{Newcomer, Trial, TrialKind};
use shadow::{Shadow, Shadowed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Time between two looks at which trials run, in milliseconds.
pub const LOOK_EVERY_MS: u64 = 500;
/// Time until a candidate that could not be had is asked for again, in seconds.
pub const AGAIN_S: u64 = 30;

/// What trials are made with.
#[derive(Clone)]
pub struct TrialSetup {
    /// The policies that are live.
    pub live: Arc<LivePolicies>,
    /// Which trials run, and what is counted of them.
    pub store: Arc<dyn TrialStore>,
    /// Who has which claims.
    pub users: Arc<dyn UserDirectory>,
    /// What of a difference may be written down.
    pub redaction: Redaction,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Names of samples.
    pub entropy: Arc<dyn Entropy>,
}

/// The live policies, with those that are on trial.
pub struct TriedPolicies {
    setup: TrialSetup,
    running: RwLock<Running>,
}

#[derive(Clone, Default)]
struct Running {
    shadow: Option<Arc<Shadow>>,
    canary: Option<Arc<Canary>>,
    /// Which trials were looked at.
    seen: Vec<Trial>,
    /// When those are looked at again of which a candidate could not be had.
    again_at: Option<Timestamp>,
}

impl TriedPolicies {
    /// With no trial, until the store was looked at.
    pub fn new(setup: TrialSetup) -> Self {
        Self { setup, running: RwLock::default() }
    }

    /// Follows the store for ever.
    pub async fn follow(&self) {
        loop {
            if let Err(fault) = self.look().await {
                tracing::error!(%fault, "which policies are on trial could not be read; those that run go on");
            }
            tokio::time::sleep(Duration::from_millis(LOOK_EVERY_MS)).await;
        }
    }

    /// Takes up what the store says is running. A candidate that cannot be had is told of, and asked for again after
    /// [`AGAIN_S`].
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn look(&self) -> Result<(), Fault> {
        let trials = self.setup.store.running().await?;
        let before = self.running();
        let now = self.setup.clock.now();
        if trials == before.seen && before.again_at.is_none_or(|again_at| now < again_at) {
            return Ok(());
        }
        let mut next = Running { seen: trials.clone(), ..Running::default() };
        for trial in trials {
            let candidate = match self.setup.live.bundle_of(&trial.plan.digest).await {
                Ok(candidate) => candidate,
                Err(fault) => {
                    let kind = trial.plan.kind.name();
                    tracing::error!(%fault, trial.kind = kind, "a policy cannot be tried on this node");
                    next.again_at = Some(now.plus(AGAIN_S));
                    continue;
                }
            };
            match trial.plan.kind {
                TrialKind::Canary => next.canary = Some(Arc::new(Canary { plan: trial.plan, candidate })),
                TrialKind::Shadow => next.shadow = self.shadow(trial, candidate, &before),
            }
        }
        *self.running.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// The shadow that runs already, or a new one.
    fn shadow(&self, trial: Trial, candidate: Arc<CompiledBundle>, before: &Running) -> Option<Arc<Shadow>> {
        if let Some(running) = before.shadow.clone().filter(|running| running.trial() == trial.number) {
            return Some(running);
        }
        match Shadow::start(&trial, candidate, &self.setup) {
            Ok(shadow) => Some(Arc::new(shadow)),
            Err(error) => {
                tracing::error!(%error, "no thread for a shadow policy can be started");
                None
            }
        }
    }

    fn running(&self) -> Running {
        self.running.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The policy, with the shadow beside it, if one runs and it is not the same.
    fn shadowed(&self, policy: Arc<dyn Policy>) -> Arc<dyn Policy> {
        match self.running().shadow {
            Some(shadow) if shadow.digest() != policy.digest() => Arc::new(Shadowed::new(policy, shadow)),
            _ => policy,
        }
    }
}

#[async_trait]
impl Policies for TriedPolicies {
    fn live(&self) -> Arc<dyn Policy> {
        self.shadowed(self.setup.live.live())
    }

    async fn begins(&self, newcomer: &Newcomer<'_>) -> Arc<dyn Policy> {
        let Some(canary) = self.running().canary else { return self.live() };
        match canary.takes(newcomer, self.setup.users.as_ref()).await {
            Ok(true) => self.shadowed(canary.candidate.clone()),
            Ok(false) => self.live(),
            Err(fault) => {
                tracing::error!(%fault, "whether a login begins on the canary could not be told; it begins on the live policy");
                self.live()
            }
        }
    }

    async fn pinned(&self, digest: &BundleDigest) -> Result<Arc<dyn Policy>, Fault> {
        Ok(self.shadowed(self.setup.live.pinned(digest).await?))
    }
}

#[cfg(test)]
mod tests;
