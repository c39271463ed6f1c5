//! What happened to an account that its end-user should know of.

use crate::clock::Timestamp;
use crate::identifiers::{EventId, FactorKind, Subject};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How long an event is kept, in seconds (180 days).
pub const EVENT_KEPT_S: u64 = 180 * 24 * 3600;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityEvent {
    /// Its name.
    pub id: EventId,
    /// Whose account.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
    /// Where from, as far as that is known.
    pub address: Option<IpAddr>,
    /// What.
    pub kind: SecurityEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum SecurityEventKind {
    /// Someone else tried to sign in and failed; written at the next success. Its time and address are those of the last try.
    FailedTries {
        /// How many times.
        tries: u32,
    },
    /// So many tries failed that none counts for a while.
    LockedOut {
        /// When the next one counts.
        until: Timestamp,
    },
    /// A factor was enrolled.
    FactorAdded {
        /// What kind.
        kind: FactorKind,
        /// What it is called.
        label: String,
    },
    /// A factor was given another label.
    FactorRenamed {
        /// What kind.
        kind: FactorKind,
        /// What it is called now.
        label: String,
    },
    /// A factor was removed.
    FactorRemoved {
        /// What kind.
        kind: FactorKind,
        /// What it was called.
        label: String,
    },
    /// The password was set anew.
    PasswordChanged,
    /// A new set of recovery codes was made.
    RecoveryCodesRenewed,
    /// The end-user ended a session.
    SessionEnded {
        /// What its browser had said it is.
        user_agent: Option<String>,
    },
    /// The end-user disconnected a client.
    ClientDisconnected {
        /// What it was called.
        name: String,
    },
    /// A client that was signed in to could not be told that the session ended.
    ClientNotToldOfLogout {
        /// What it is called.
        name: String,
    },
}

impl SecurityEventKind {
    /// Whether the end-user is told of it on a page, once.
    pub fn is_told(&self) -> bool {
        matches!(self, Self::FailedTries { .. })
    }

    /// Whether the end-user is sent mail of it: of what an intruder would do first, or keep them from seeing.
    pub fn is_mailed(&self) -> bool {
        match self {
            Self::LockedOut { .. }
            | Self::FactorAdded { .. }
            | Self::FactorRemoved { .. }
            | Self::PasswordChanged
            | Self::RecoveryCodesRenewed => true,
            Self::FailedTries { .. }
            | Self::FactorRenamed { .. }
            | Self::SessionEnded { .. }
            | Self::ClientDisconnected { .. }
            | Self::ClientNotToldOfLogout { .. } => false,
        }
    }
}
