//! Traces and the audit log.

use super::Local;
use crate::operations::{AuditOperations, AuditPage, Outcome, PAGE_MAX, ProblemKind, TraceOperations, TraceQuery};
use async_trait::async_trait;
use gatewright_domain::identifiers::{Subject, TraceId};
use gatewright_domain::store::{AuditPlace, Trace, TraceFilter};
use gatewright_domain::trace::TraceHead;

#[async_trait]
impl TraceOperations for Local {
    async fn traces(&self, query: &TraceQuery, limit: usize) -> Outcome<Vec<TraceHead>> {
        let subject = match &query.user {
            None => query.filter.subject.clone(),
            Some(name) => Some(match self.stores.users.find_by_username(name).await? {
                Some(user) => user.subject,
                // Somebody whose account is gone has left traces too.
                None => Subject::parse(name.as_str())
                    .map_err(|_| ProblemKind::NoUser.says(format!("there is no end-user {name}")))?,
            }),
        };
        let filter = TraceFilter { subject, ..query.filter.clone() };
        Ok(self.stores.traces.list(&filter, limit).await?)
    }

    async fn trace(&self, id: &str) -> Outcome<Option<Trace>> {
        let Ok(id) = TraceId::parse(id) else { return Ok(None) };
        Ok(self.stores.traces.find(&id).await?)
    }
}

#[async_trait]
impl AuditOperations for Local {
    async fn audit(&self, from: &AuditPlace, limit: usize) -> Outcome<AuditPage> {
        let limit = limit.min(PAGE_MAX);
        let mut entries = self.stores.audit.list(from, limit + 1).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let last = entries.last().filter(|_| more);
        let next = last.map(|last| AuditPlace { since_ms: last.at_ms, after: Some(last.id.clone()) });
        Ok(AuditPage { entries, next })
    }
}
