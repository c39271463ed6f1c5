//! The audit log: what administrators did, and what happened to accounts. Who, when, what, to what, and with what end.

use crate::identifiers::AuditId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// Longest name of an actor, an action or a target, in characters; the rest is cut.
pub const AUDIT_NAME_CHARS_MAX: usize = 200;

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its name.
    pub id: AuditId,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who.
    pub actor: Actor,
    /// What, as a noun and a verb: `client.add`, `policy.activate`.
    pub action: String,
    /// To what: a `client_id`, a username, a digest. Empty where there is nothing to name.
    pub target: String,
    /// With what end.
    pub outcome: AuditOutcome,
    /// What else should be known; never a secret.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
    /// The id that the log has of it, where it was a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Someone at the command line, by the operating system's name or the one they gave.
    Operator(String),
    /// Someone who uses the admin API, by subject.
    Administrator(String),
    /// An end-user, by subject.
    EndUser(String),
    /// The server by itself.
    Server,
}

/// With what end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// Done.
    Done,
    /// Not allowed, or not possible as asked.
    Refused,
    /// Something broke.
    Failed,
}

impl AuditOutcome {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Administrator(subject) => write!(f, "administrator:{subject}"),
            Self::EndUser(subject) => write!(f, "end_user:{subject}"),
            Self::Server => f.write_str("server"),
        }
    }
}
