//! Storage of the audit log: written, read, never changed.

use crate::audit::AuditEntry;
use crate::fault::Fault;
use crate::identifiers::AuditId;
use async_trait::async_trait;

/// Most entries that one question lists.
pub const AUDIT_LISTED_MAX: usize = 1_000;

/// Where to read on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPlace {
    /// Entries of that moment and later, in milliseconds since 1970.
    pub since_ms: i64,
    /// After that entry, where it is one of that moment.
    pub after: Option<AuditId>,
}

/// The audit log.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Adds an entry.
    ///
    /// # Errors
    /// A fault of the store. What was to be written down must then not be done, or be undone.
    async fn append(&self, entry: &AuditEntry) -> Result<(), Fault>;

    /// Entries from a place on, the oldest first, at most `limit` and never more than [`AUDIT_LISTED_MAX`].
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, from: &AuditPlace, limit: usize) -> Result<Vec<AuditEntry>, Fault>;
}
