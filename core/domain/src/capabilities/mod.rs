//! What a binding may be lent. Each is a trait that the server implements; a hook reaches it only through
//! the host, which journals the call and answers replays.

pub mod factors;
pub mod guessing;
pub mod http;
pub mod kv;
pub mod loan;
pub mod mail;
pub mod network;
pub mod notices;
pub mod oidc;
pub mod recovery;
pub mod totp;
pub mod unavailable;
pub mod users;
pub mod vault;
pub mod webauthn;

use crate::fault::Fault;
use crate::identifiers::Subject;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

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

/// Why a capability that can break did not answer.
#[derive(Debug, thiserror::Error)]
pub enum CallFailed {
    /// The hook's affair: it may catch it.
    #[error(transparent)]
    Capability(#[from] CapabilityError),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Somebody tries to prove that they are an end-user.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Who they say they are.
    pub subject: &'a Subject,
    /// The address of their browser, where it is known.
    pub address: Option<IpAddr>,
}
