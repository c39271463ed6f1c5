//! The audit log.

use super::Tables;
use crate::rows::{RowName, to_document};
use crate::schema::audit;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::AuditId;
use gatewright_domain::store::{AUDIT_LISTED_MAX, AuditPlace, AuditStore};

const PLACE: &str = "store.audit";

#[async_trait]
impl AuditStore for Tables {
    async fn append(&self, entry: &AuditEntry) -> Result<(), Fault> {
        let (entry, document) = (entry.clone(), to_document(PLACE, entry)?);
        self.executor
            .statement(PLACE, move |connection| {
                let row = (
                    audit::id.eq(entry.id.as_str()),
                    audit::at_ms.eq(entry.at_ms),
                    audit::actor.eq(entry.actor.to_string()),
                    audit::action.eq(&entry.action),
                    audit::target.eq(&entry.target),
                    audit::document.eq(&document),
                );
                diesel::insert_into(audit::table).values(row).execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn list(&self, from: &AuditPlace, limit: usize) -> Result<Vec<AuditEntry>, Fault> {
        let since = from.since_ms;
        let after = from.after.as_ref().map_or("", AuditId::as_str).to_owned();
        let limit = i64::try_from(limit.min(AUDIT_LISTED_MAX)).unwrap_or(i64::MAX);
        let rows = self.executor.read(PLACE, move |connection| {
            let later = audit::at_ms.gt(since).or(audit::at_ms.eq(since).and(audit::id.gt(&after)));
            let rows = audit::table.filter(later).order((audit::at_ms, audit::id)).limit(limit);
            Ok(rows.select((audit::id, audit::document)).load::<(String, String)>(connection)?)
        });
        let read =
            |(id, document): (String, String)| RowName { place: PLACE, table: "audit", key: &id }.document(&document);
        rows.await?.into_iter().map(read).collect()
    }
}
