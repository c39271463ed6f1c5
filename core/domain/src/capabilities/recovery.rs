//! `recovery`: codes that an end-user wrote down for the day on which another factor is lost.

use super::{Attempt, CallFailed};
use crate::flow::SecretRef;
use crate::identifiers::Subject;
use crate::secret::SecretText;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// How many codes a set has.
pub const RECOVERY_CODES: usize = 10;

/// What a hook asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "recovery", rename_all = "snake_case")]
pub enum RecoveryCall {
    /// How many are left.
    Remaining {
        /// Whose.
        subject: Subject,
    },
    /// Compare a code.
    Verify {
        /// Whose.
        subject: Subject,
        /// As typed.
        code: SecretRef,
    },
}

/// Makes and compares.
#[async_trait]
pub trait Recovery: Send + Sync {
    /// Makes a new set of [`RECOVERY_CODES`]; codes of an older one no longer count.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn renew(&self, subject: &Subject) -> Result<Vec<SecretText>, CallFailed>;

    /// How many are left.
    ///
    /// # Errors
    /// A fault.
    async fn remaining(&self, subject: &Subject) -> Result<usize, CallFailed>;

    /// Whether this is one of them. A code counts once, and every one that is tried counts as a guess.
    ///
    /// # Errors
    /// A fault.
    async fn verify(&self, attempt: &Attempt<'_>, code: &SecretText) -> Result<bool, CallFailed>;
}
