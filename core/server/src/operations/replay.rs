//! Recorded logins run through another policy, as operators see them.

use super::Outcome;
use async_trait::async_trait;
use gatewright_domain::hooks::HookKind;
use gatewright_domain::identifiers::{BundleDigest, Subject, TraceId};
use gatewright_domain::trace::{EndRecord, TraceHead, TraceKind};
use gatewright_policy::files::Files;
use gatewright_policy::replay::Change;
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};

/// Which policy is asked.
#[derive(Debug, Clone)]
pub enum Candidate {
    /// A stored bundle, by its digest, eight or more digits of it, or `live`.
    Stored(String),
    /// The files of a policy folder, laid over the shipped policies. By the admin API they are pushed.
    Folder(Files),
}

/// Which recorded logins it is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayQuery {
    /// Begun at that moment or later, in milliseconds since 1970.
    pub since_ms: i64,
    /// For that client.
    pub client: Option<ClientId>,
    /// The latest so many.
    pub limit: usize,
}

/// What another policy would have made of recorded logins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayDocument {
    /// Which policy.
    pub policy: BundleDigest,
    /// How many questions it was asked.
    pub questions: usize,
    /// The logins, the newest first.
    pub logins: Vec<ReplayedLogin>,
}

/// A recorded login, and what would have become of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayedLogin {
    /// Its trace.
    pub trace: TraceId,
    /// What it is of.
    pub of: TraceKind,
    /// For whom.
    pub client: ClientId,
    /// About whom.
    pub subject: Option<Subject>,
    /// The bundle that decided it.
    pub bundle: BundleDigest,
    /// What would have been decided otherwise.
    pub changes: Vec<ReplayChange>,
}

/// A decision that would have been another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayChange {
    /// What that does to the login.
    pub effect: String,
    /// At which hook.
    pub hook: HookKind,
    /// The binding that makes the difference; empty where none does.
    pub binding: String,
    /// Which claims, or which parts of a token.
    pub names: Vec<String>,
    /// What came of it.
    pub was: EndRecord,
    /// What would have come of it.
    pub would_be: EndRecord,
}

/// Replays.
#[async_trait]
pub trait ReplayOperations: Send + Sync {
    /// Asks a policy what recorded logins asked; nothing is done by it.
    async fn replay(&self, candidate: &Candidate, query: &ReplayQuery) -> Outcome<ReplayDocument>;
}

impl ReplayedLogin {
    /// What is told of a login.
    pub fn of(head: &TraceHead, changes: &[Change]) -> Self {
        Self {
            trace: head.id.clone(),
            of: head.kind,
            client: head.client.clone(),
            subject: head.subject.clone(),
            bundle: head.bundle.clone(),
            changes: changes.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Change> for ReplayChange {
    fn from(change: &Change) -> Self {
        Self {
            effect: change.effect.name().to_owned(),
            hook: change.hook,
            binding: change.binding.clone(),
            names: change.names.clone(),
            was: change.was.clone(),
            would_be: change.would_be.clone(),
        }
    }
}
