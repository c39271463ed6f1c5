//! `/traces` and `/audit`: what happened, read and never changed.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{OperationError, PAGE_MAX, Page, Problem, ProblemKind};
use gatewright_domain::identifiers::{AuditId, Subject, TraceId};
use gatewright_domain::store::{AuditPlace, TraceFilter};
use gatewright_domain::trace::TraceHead;
use gatewright_protocol::client_id::ClientId;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn traces(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let filter = TraceFilter {
        subject: parsed(&call, "subject", |text| Subject::parse(text).ok())?,
        client: parsed(&call, "client", |text| ClientId::try_from(text).ok())?,
        login: parsed(&call, "login", |text| TraceId::parse(text).ok())?,
        since_ms: parsed(&call, "since_ms", |text| text.parse().ok())?,
        until_ms: parsed(&call, "until_ms", |text| text.parse().ok())?,
        error: parsed(&call, "error", |text| Some(text.to_owned()))?,
        failed: parsed(&call, "failed", |text| text.parse().ok())?.unwrap_or(false),
        correlation: parsed(&call, "correlation", |text| Some(text.to_owned()))?,
        recorded: false,
    };
    let limit = call.page()?.limit;
    let heads = admin.stores.traces.list(&filter, limit).await?;
    Answer::list(&heads.iter().map(headed).collect::<Vec<_>>())
}

pub(super) async fn trace(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let missing = || ProblemKind::NoTrace.says("there is no such trace");
    let id = TraceId::parse(call.path(0)).map_err(|_| missing())?;
    let trace = admin.stores.traces.find(&id).await?.ok_or_else(missing)?;
    let mut shown = headed(&trace.head);
    shown["steps"] = json!(trace.steps);
    Answer::of(&shown)
}

/// The audit log, the oldest first. Its cursor is the place of the last entry.
pub(super) async fn audit(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let page = call.page()?;
    let bad = || ProblemKind::BadRequest.says("cursor is not the `next` of a page of the audit log");
    let from = match &page.after {
        None => AuditPlace { since_ms: parsed(&call, "since_ms", |text| text.parse().ok())?.unwrap_or(0), after: None },
        Some(place) => {
            let (since_ms, after) = place.split_once(' ').ok_or_else(bad)?;
            let after = AuditId::parse(after).map_err(|_| bad())?;
            AuditPlace { since_ms: since_ms.parse().map_err(|_| bad())?, after: Some(after) }
        }
    };
    let entries = admin.stores.audit.list(&from, page.limit.min(PAGE_MAX) + 1).await?;
    let page: Page<Value> = page.of(
        entries,
        |entry| format!("{} {}", entry.at_ms, entry.id),
        |entry| serde_json::to_value(entry).unwrap_or_default(),
    );
    Answer::of(&page)
}

fn headed(head: &TraceHead) -> Value {
    json!({ "id": head.id, "kind": head.kind, "login": head.login, "client": head.client, "subject": head.subject,
        "bundle": head.bundle, "began_at_ms": head.began_at_ms, "outcome": head.outcome, "error": head.error })
}

fn parsed<T>(call: &Call, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let unfit = || ProblemKind::BadRequest.says(format!("{name} cannot be read"));
    call.query(name)?.map(|text| read(text).ok_or_else(unfit)).transpose()
}
