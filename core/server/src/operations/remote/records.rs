//! Traces and the audit log, by the admin API of another machine.

use super::{List, Remote};
use crate::operations::page::cursor;
use crate::operations::records::{TraceDetail, TraceDocument, place_key, place_of};
use crate::operations::{
    AuditOperations, AuditPage, OperationError, Outcome, PAGE_MAX, Page, PageRequest, Problem, ProblemKind,
    TraceOperations, TraceQuery,
};
use async_trait::async_trait;
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::store::{AuditPlace, Trace};
use gatewright_domain::trace::TraceHead;

#[async_trait]
impl TraceOperations for Remote {
    async fn traces(&self, query: &TraceQuery, limit: usize) -> Outcome<Vec<TraceHead>> {
        let filter = &query.filter;
        let text = |text: Option<&str>| text.map(str::to_owned);
        let all = [
            ("limit", Some(limit.to_string())),
            ("user", query.user.clone()),
            ("subject", text(filter.subject.as_ref().map(|subject| subject.as_str()))),
            ("client", text(filter.client.as_ref().map(|client| client.as_str()))),
            ("login", text(filter.login.as_ref().map(|login| login.as_str()))),
            ("since_ms", filter.since_ms.map(|moment| moment.to_string())),
            ("until_ms", filter.until_ms.map(|moment| moment.to_string())),
            ("error", filter.error.clone()),
            ("failed", filter.failed.then(|| "true".to_owned())),
            ("correlation", filter.correlation.clone()),
        ];
        let query: Vec<(&str, &str)> =
            all.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
        let found: List<TraceDocument> = self.get(&["traces"], &query).await?;
        Ok(found.items.into_iter().map(Into::into).collect())
    }

    async fn trace(&self, id: &str) -> Outcome<Option<Trace>> {
        match self.get::<TraceDetail>(&["traces", id], &[]).await {
            Ok(found) => Ok(Some(found.into())),
            Err(OperationError::Problem(Problem { kind: ProblemKind::NoTrace | ProblemKind::NoRoute, .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl AuditOperations for Remote {
    async fn audit(&self, from: &AuditPlace, limit: usize) -> Outcome<AuditPage> {
        let limit = limit.min(PAGE_MAX).to_string();
        let from = match &from.after {
            Some(_) => ("cursor", cursor(&place_key(from))),
            None => ("since_ms", from.since_ms.to_string()),
        };
        let page: Page<AuditEntry> = self.get(&["audit"], &[("limit", &limit), (from.0, &from.1)]).await?;
        let unread = || OperationError::from(self.0.stranger("a cursor of another form".to_owned()));
        let read = |cursor: &String| {
            let after = PageRequest::read(Some(cursor), None).ok().and_then(|page| page.after);
            after.as_deref().and_then(place_of).ok_or_else(unread)
        };
        Ok(AuditPage { next: page.next.as_ref().map(read).transpose()?, entries: page.items })
    }
}
