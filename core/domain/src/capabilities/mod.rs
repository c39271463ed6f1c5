//! What a binding may be lent. Each is a trait that the server implements; a hook reaches it only through
//! the host, which journals the call and answers replays.

pub mod guessing;
pub mod http;
pub mod kv;
pub mod loan;
pub mod network;
pub mod users;
pub mod vault;

use serde::{Deserialize, Serialize};

/// Why a capability did not do what was asked. A hook may catch it; uncaught it is a fault of the hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum CapabilityError {
    /// Not lent in the manifest, or outside what was lent (another host, a private address).
    #[error("not lent: {what}")]
    NotLent {
        /// What was asked for.
        what: String,
    },
    /// The call itself is wrong (a key too long, no URL).
    #[error("{why}")]
    Invalid {
        /// What is wrong and what would be right.
        why: String,
    },
    /// The other side did not answer in time or broke off.
    #[error("{what} did not answer: {why}")]
    Unreachable {
        /// Who.
        what: String,
        /// How.
        why: String,
    },
    /// The answer is larger than allowed.
    #[error("the answer is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
}
