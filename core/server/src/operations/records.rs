//! What happened, as operators read it: traces of logins, and the audit log.

use super::Outcome;
use async_trait::async_trait;
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::identifiers::{BundleDigest, Subject, TraceId};
use gatewright_domain::store::{AuditPlace, Trace, TraceFilter};
use gatewright_domain::trace::{TraceHead, TraceKind, TraceOutcome, TraceStep};
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};

/// A trace, without its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceDocument {
    /// Its name.
    pub id: TraceId,
    /// What it is of.
    pub kind: TraceKind,
    /// The login that it came after.
    pub login: Option<TraceId>,
    /// For whom.
    pub client: ClientId,
    /// About whom, once known.
    pub subject: Option<Subject>,
    /// The bundle that was asked first.
    pub bundle: BundleDigest,
    /// When it began, in milliseconds since 1970.
    pub began_at_ms: i64,
    /// How it stands.
    pub outcome: TraceOutcome,
    /// What was wrong.
    pub error: Option<String>,
}

/// A trace with its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceDetail {
    /// What is known of the whole.
    #[serde(flatten)]
    pub trace: TraceDocument,
    /// Its steps, in order.
    pub steps: Vec<TraceStep>,
}

/// Which traces are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceQuery {
    /// About the end-user of that username or subject.
    pub user: Option<String>,
    /// What else they must have.
    pub filter: TraceFilter,
}

/// Traces.
#[async_trait]
pub trait TraceOperations: Send + Sync {
    /// Those that are meant, the newest first.
    async fn traces(&self, query: &TraceQuery, limit: usize) -> Outcome<Vec<TraceHead>>;

    /// The trace of that name, if there is one.
    async fn trace(&self, id: &str) -> Outcome<Option<Trace>>;
}

/// The audit log.
#[async_trait]
pub trait AuditOperations: Send + Sync {
    /// Entries from a place on, the oldest first, and where to read on where there are more. At most
    /// [`PAGE_MAX`](super::PAGE_MAX).
    async fn audit(&self, from: &AuditPlace, limit: usize) -> Outcome<AuditPage>;
}

/// Some entries of the audit log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The oldest first.
    pub entries: Vec<AuditEntry>,
    /// Where to read on; none at the end.
    pub next: Option<AuditPlace>,
}

impl From<&TraceHead> for TraceDocument {
    fn from(head: &TraceHead) -> Self {
        let TraceHead { id, kind, login, client, subject, bundle, began_at_ms, outcome, error } = head.clone();
        Self { id, kind, login, client, subject, bundle, began_at_ms, outcome, error }
    }
}

impl From<TraceDocument> for TraceHead {
    fn from(document: TraceDocument) -> Self {
        let TraceDocument { id, kind, login, client, subject, bundle, began_at_ms, outcome, error } = document;
        Self { id, kind, login, client, subject, bundle, began_at_ms, outcome, error }
    }
}

impl From<&Trace> for TraceDetail {
    fn from(trace: &Trace) -> Self {
        Self { trace: (&trace.head).into(), steps: trace.steps.clone() }
    }
}

impl From<TraceDetail> for Trace {
    fn from(detail: TraceDetail) -> Self {
        Self { head: detail.trace.into(), steps: detail.steps }
    }
}

/// A place in the audit log as the cursor of a page has it.
pub(crate) fn place_key(place: &AuditPlace) -> String {
    format!("{} {}", place.since_ms, place.after.as_ref().map_or("", |after| after.as_str()))
}

/// The place of such a key.
pub(crate) fn place_of(key: &str) -> Option<AuditPlace> {
    let (since_ms, after) = key.split_once(' ')?;
    let after = gatewright_domain::identifiers::AuditId::parse(after).ok()?;
    Some(AuditPlace { since_ms: since_ms.parse().ok()?, after: Some(after) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_audit_log_is_found_again_by_its_key_and_no_other_text_is_one() {
        let after = gatewright_domain::identifiers::AuditId::parse("a1").ok();
        let place = AuditPlace { since_ms: 7, after };
        assert_eq!(place_of(&place_key(&place)), Some(place));
        for text in ["", "7", "7 ", "x a1", " a1", "7 a\u{0}"] {
            assert_eq!(place_of(text), None, "{text:?}");
        }
    }
}
