//! `[policy.quarantine]`: when a live policy that fails is taken back.

use super::complaint::{Complaint, within};
use gatewright_policy::quarantine::Budget;
use serde::{Deserialize, Serialize};

/// Most bad runs that a budget may have.
pub const QUARANTINE_FAULTS_MAX: u32 = 10_000;
/// Longest window of a budget, in seconds.
pub const QUARANTINE_WITHIN_S_MAX: u64 = 86_400;
/// Longest time of a run, in milliseconds, that a budget may call slow.
pub const QUARANTINE_SLOW_MS_MAX: u64 = 600_000;

/// What each binding of the live policy may use up on a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineBudget {
    /// So many runs that fail take the policy back to the one before; 0 takes none back.
    pub faults: u32,
    /// Within so many seconds.
    pub within_s: u64,
    /// A run that takes so many milliseconds counts as one that fails; without, none does.
    pub slow_ms: Option<u64>,
}

impl Default for QuarantineBudget {
    fn default() -> Self {
        Self { faults: 20, within_s: 60, slow_ms: None }
    }
}

impl QuarantineBudget {
    /// The budget, where there is one.
    pub fn budget(&self) -> Option<Budget> {
        let &Self { faults, within_s, slow_ms } = self;
        (faults > 0).then_some(Budget { faults, within_s, slow_ms })
    }

    pub(super) fn specimen() -> Self {
        Self { slow_ms: Some(1_000), ..Self::default() }
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        within(complaints, "policy.quarantine.faults", self.faults, 0..=QUARANTINE_FAULTS_MAX);
        within(complaints, "policy.quarantine.within_s", self.within_s, 1..=QUARANTINE_WITHIN_S_MAX);
        if let Some(slow_ms) = self.slow_ms {
            within(complaints, "policy.quarantine.slow_ms", slow_ms, 1..=QUARANTINE_SLOW_MS_MAX);
        }
    }
}
