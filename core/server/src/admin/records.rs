//! `/traces` and `/audit`: what happened, read and never changed.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{
    AuditPage, OperationError, Operations, PAGE_MAX, Page, PageRequest, Problem, ProblemKind, TraceDetail,
    TraceDocument, TraceQuery, place_key, place_of,
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::identifiers::{Subject, TraceId};
use gatewright_domain::store::{AuditPlace, TraceFilter};
use gatewright_protocol::client_id::ClientId;
use std::io;
use std::sync::Arc;

/// The content type of a text of which each line is a JSON document.
pub(super) const LINES_TYPE: &str = "application/jsonl";

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
    let query = TraceQuery { user: parsed(&call, "user", |text| Some(text.to_owned()))?, filter };
    let found = admin.operations.traces(&query, call.limit()?).await?;
    Answer::list(&found.iter().map(TraceDocument::from).collect::<Vec<_>>())
}

pub(super) async fn trace(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let found = admin.operations.trace(call.path(0)).await?;
    let found = found.ok_or_else(|| ProblemKind::NoTrace.says("there is no such trace"))?;
    Answer::of(&TraceDetail::from(&found))
}

/// The audit log, the oldest first. Its cursor is the place of the last entry.
pub(super) async fn audit(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let page = call.page()?;
    let bad = || ProblemKind::BadRequest.says("cursor is not the `next` of a page of the audit log");
    let from = match &page.after {
        None => from_the_start(&call)?,
        Some(place) => place_of(place).ok_or_else(bad)?,
    };
    let AuditPage { entries, next } = admin.operations.audit(&from, page.limit).await?;
    let next = next.map(|next| PageRequest::cursor(&place_key(&next)));
    Answer::of(&Page { items: entries, next })
}

/// The whole log from a moment on, as it is now, a line an entry: read page by page as it is taken.
pub(super) async fn export(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let from = from_the_start(&call)?;
    // The first page is read before anything is answered, so that a fault is still told as one.
    let first = admin.operations.audit(&from, PAGE_MAX).await?;
    Ok(Answer::stream(LINES_TYPE, lines(admin.operations.clone(), first)))
}

/// The lines of a page and of all after it. A fault breaks the answer off: what is there would look like all.
fn lines(
    operations: Arc<dyn Operations>,
    first: AuditPage,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static {
    stream::unfold(Some(Ok(first)), move |page| {
        let operations = operations.clone();
        async move {
            let page: Result<AuditPage, OperationError> = page?;
            let read = page.map_err(io::Error::other).and_then(|page| Ok((written(&page.entries)?, page.next)));
            match read {
                Err(error) => {
                    tracing::error!(%error, "an export of the audit log broke off");
                    Some((Err(error), None))
                }
                Ok((text, None)) => Some((Ok(text), None)),
                Ok((text, Some(next))) => Some((Ok(text), Some(operations.audit(&next, PAGE_MAX).await))),
            }
        }
    })
}

fn written(entries: &[AuditEntry]) -> Result<Bytes, io::Error> {
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, entry)?;
        text.push(b'\n');
    }
    Ok(text.into())
}

fn from_the_start(call: &Call) -> Result<AuditPlace, Problem> {
    let since_ms = parsed(call, "since_ms", |text| text.parse().ok())?.unwrap_or(0);
    Ok(AuditPlace { since_ms, after: None })
}

fn parsed<T>(call: &Call, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let unfit = || ProblemKind::BadRequest.says(format!("{name} cannot be read"));
    call.query(name)?.map(|text| read(text).ok_or_else(unfit)).transpose()
}
