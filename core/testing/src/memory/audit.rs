//! The audit log in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{AUDIT_LISTED_MAX, AuditPlace, AuditStore};

#[async_trait]
impl AuditStore for Memory {
    async fn append(&self, entry: &AuditEntry) -> Result<(), Fault> {
        let mut tables = self.tables();
        if tables.audit.iter().any(|there| there.id == entry.id) {
            return Err(Fault::new("store.audit", "the entry is there already"));
        }
        tables.audit.push(entry.clone());
        Ok(())
    }

    async fn list(&self, from: &AuditPlace, limit: usize) -> Result<Vec<AuditEntry>, Fault> {
        let mut entries = self.tables().audit.clone();
        entries.sort_by(|one, other| (one.at_ms, &one.id).cmp(&(other.at_ms, &other.id)));
        let after = (from.since_ms, from.after.as_ref());
        entries.retain(|entry| (entry.at_ms, Some(&entry.id)) > after);
        entries.truncate(limit.min(AUDIT_LISTED_MAX));
        Ok(entries)
    }
}
