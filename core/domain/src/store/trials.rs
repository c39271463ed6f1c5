//! Storage of trials: which run, what all nodes counted of them, and samples of what was found.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::trial::{Measured, Plan, Sample, Share, Trial, TrialKind};
use async_trait::async_trait;

/// Most samples kept of each finding of one trial, the first ones.
pub const SAMPLES_A_FINDING_MAX: usize = 100;

/// So many latest trials are kept, with what was counted; an older one goes when a new one begins.
pub const TRIALS_KEPT_MAX: u64 = 20;

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It runs.
    Begun(Trial),
    /// Another of its kind runs.
    Running(Trial),
}

/// Trials. **Invariant:** of each kind at most one runs, over nodes.
#[async_trait]
pub trait TrialStore: Send + Sync {
    /// Begins a trial, unless another of its kind runs.
    ///
    /// # Errors
    /// A fault of the store.
    async fn begin(&self, plan: &Plan, now: Timestamp) -> Result<Begun, Fault>;

    /// The trials that run, by number.
    ///
    /// # Errors
    /// A fault of the store.
    async fn running(&self) -> Result<Vec<Trial>, Fault>;

    /// The latest of a kind, running or ended.
    ///
    /// # Errors
    /// A fault of the store.
    async fn latest(&self, kind: TrialKind) -> Result<Option<Trial>, Fault>;

    /// Changes the share of a trial; answers whether it runs.
    ///
    /// # Errors
    /// A fault of the store.
    async fn widen(&self, number: u64, share: Share) -> Result<bool, Fault>;

    /// Ends a trial. Of all that would, one gets `true`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn end(&self, number: u64, by: &str, now: Timestamp) -> Result<bool, Fault>;

    /// Adds to what is counted.
    ///
    /// # Errors
    /// A fault of the store.
    async fn count(&self, number: u64, counts: &[(Measured, u64)]) -> Result<(), Fault>;

    /// What all nodes counted.
    ///
    /// # Errors
    /// A fault of the store.
    async fn counts(&self, number: u64) -> Result<Vec<(Measured, u64)>, Fault>;

    /// Keeps samples, as far as there is room ([`SAMPLES_A_FINDING_MAX`]; nodes that write at once may pass it by what
    /// each writes).
    ///
    /// # Errors
    /// A fault of the store.
    async fn sample(&self, number: u64, samples: &[Sample]) -> Result<(), Fault>;

    /// The latest samples, the latest first; at most `limit`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn samples(&self, number: u64, limit: usize) -> Result<Vec<Sample>, Fault>;
}
