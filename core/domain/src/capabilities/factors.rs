//! `factors`: what end-users enrolled. A binding keeps factors of one kind of its own, and sees of the others that they
//! are there.

use super::CallFailed;
use crate::clock::Timestamp;
use crate::factor::FactorView;
use crate::identifiers::{FactorId, FactorKind, Subject};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Largest value stored with a factor, in bytes of JSON.
pub const FACTOR_BYTES_MAX: usize = 16 * 1024;

/// What a hook asks about factors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "factors", rename_all = "snake_case")]
pub enum FactorsCall {
    /// Those of an end-user, of every kind.
    List {
        /// Whose.
        subject: Subject,
    },
    /// A new one of the binding's own kind.
    Enrol {
        /// Whose.
        subject: Subject,
        /// What the end-user calls it.
        label: String,
        /// By what else it is found.
        reference: Option<String>,
        /// What is stored with it.
        data: Value,
    },
    /// The one of the binding's own kind that has this reference.
    Find {
        /// By what.
        reference: String,
    },
    /// What is stored with one of the binding's own kind.
    Data {
        /// Which.
        id: FactorId,
    },
    /// Stores something else with one of the binding's own kind and notes that it was used.
    Update {
        /// Which.
        id: FactorId,
        /// What it says now; where it says something else, nothing is done.
        before: Value,
        /// What it says from now on.
        to: Value,
    },
    /// Removes one of the binding's own kind.
    Remove {
        /// Which.
        id: FactorId,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "factors", content = "are", rename_all = "snake_case")]
pub enum FactorsAnswer {
    /// To `List`.
    Listed(Vec<FactorView>),
    /// To `Enrol`.
    Enrolled(FactorId),
    /// To `Find`.
    Found(Option<FactorView>),
    /// To `Data`: what is stored.
    Data(Option<Value>),
    /// To `Update` and `Remove`: whether it was done.
    Done(bool),
}

/// Keeps factors.
#[async_trait]
pub trait Factors: Send + Sync {
    /// Does `call` for a binding whose own kind is `kind`, at `now`.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn call(&self, kind: &FactorKind, call: &FactorsCall, now: Timestamp) -> Result<FactorsAnswer, CallFailed>;
}
