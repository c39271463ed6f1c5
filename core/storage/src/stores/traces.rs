//! Traces.

use super::Tables;
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::{RowName, to_document};
use crate::schema::{trace_steps, traces};
use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, Subject, TraceId};
use gatewright_domain::store::{TRACES_LISTED_MAX, TRACES_REMOVED_MAX, Trace, TraceFilter, TraceRetention, TraceStore};
use gatewright_domain::trace::{TraceEntry, TraceHead, TraceKind, TraceOutcome, TraceStep};
use gatewright_protocol::client_id::ClientId;

const PLACE: &str = "store.traces";
/// What a step takes up beside its document, in bytes, about.
const STEP_BYTES: i64 = 64;
const BATCH: i64 = TRACES_REMOVED_MAX as i64;

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = traces, treat_none_as_default_value = false)]
struct TraceRow {
    id: String,
    kind: String,
    login: Option<String>,
    client_id: String,
    subject: Option<String>,
    bundle: String,
    began_at_ms: i64,
    outcome: String,
    error: Option<String>,
    bytes: i64,
}

struct StepRow {
    number: i64,
    correlation: Option<String>,
    document: String,
    recording: Option<Vec<u8>>,
}

struct Entry {
    trace: String,
    head: Option<TraceRow>,
    steps: Vec<StepRow>,
}

#[async_trait]
impl TraceStore for Tables {
    async fn append(&self, entries: &[TraceEntry]) -> Result<(), Fault> {
        let rows = entries.iter().map(Entry::try_from).collect::<Result<Vec<_>, _>>()?;
        self.executor
            .transaction(PLACE, move |connection| rows.iter().try_for_each(|entry| append(connection, entry)))
            .await
    }

    async fn find(&self, id: &TraceId) -> Result<Option<Trace>, Fault> {
        let id = id.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let row = traces::table.find(&id).select(TraceRow::as_select()).get_result(connection).optional()?;
            let steps = trace_steps::table
                .filter(trace_steps::trace.eq(&id))
                .order(trace_steps::number)
                .select(trace_steps::document);
            Ok((row, steps.load::<String>(connection)?))
        });
        let (Some(row), steps) = rows.await? else { return Ok(None) };
        let name = RowName { place: PLACE, table: "trace_steps", key: &row.id };
        let steps = steps.iter().map(|step| name.document::<TraceStep>(step)).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Trace { head: row.try_into()?, steps }))
    }

    async fn recordings(&self, id: &TraceId) -> Result<Vec<String>, Fault> {
        let key = id.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let recorded = trace_steps::table
                .filter(trace_steps::trace.eq(&key).and(trace_steps::recording.is_not_null()))
                .order(trace_steps::number)
                .select(trace_steps::recording.assume_not_null());
            Ok(recorded.load::<Vec<u8>>(connection)?)
        });
        let row = RowName { place: PLACE, table: "trace_steps", key: id.as_str() };
        rows.await?.into_iter().map(|sealed| row.column("recording", String::from_utf8(sealed))).collect()
    }

    async fn list(&self, filter: &TraceFilter, limit: usize) -> Result<Vec<TraceHead>, Fault> {
        let filter = filter.clone();
        let limit = i64::try_from(limit.min(TRACES_LISTED_MAX)).unwrap_or(i64::MAX);
        let rows = self.executor.read(PLACE, move |connection| list(connection, &filter, limit));
        rows.await?.into_iter().map(TraceHead::try_from).collect()
    }

    async fn retain(&self, retention: TraceRetention) -> Result<u64, Fault> {
        self.executor.transaction(PLACE, move |connection| retain(connection, retention)).await
    }
}

fn append(connection: &mut AnyConnection, entry: &Entry) -> Result<(), Abort> {
    let place = traces::table.find(&entry.trace);
    let there = place.select(TraceRow::as_select()).get_result(connection).optional()?;
    match (there, &entry.head) {
        (None, None) => Ok(()),
        (None, Some(head)) => begin(connection, head, &entry.steps),
        (Some(there), head) => add(connection, merged(there, head.as_ref()), &entry.steps),
    }
}

/// Writes a trace that is not there yet.
fn begin(connection: &mut AnyConnection, head: &TraceRow, steps: &[StepRow]) -> Result<(), Abort> {
    let row = TraceRow { bytes: steps.iter().map(StepRow::bytes).sum(), ..head.clone() };
    match diesel::insert_into(traces::table).values(&row).execute(connection) {
        // Another node was there first: begin again, and add to it.
        Err(error) if is_taken(&error) => return Err(Abort::Again),
        inserted => inserted?,
    };
    steps.iter().try_for_each(|step| insert(connection, &row.id, step))
}

/// Adds what is new of these steps.
fn add(connection: &mut AnyConnection, mut row: TraceRow, steps: &[StepRow]) -> Result<(), Abort> {
    let numbers: Vec<i64> = steps.iter().map(|step| step.number).collect();
    let known = trace_steps::table
        .filter(trace_steps::trace.eq(&row.id).and(trace_steps::number.eq_any(&numbers)))
        .select(trace_steps::number);
    let known: Vec<i64> = if numbers.is_empty() { Vec::new() } else { known.load(connection)? };
    for step in steps.iter().filter(|step| !known.contains(&step.number)) {
        insert(connection, &row.id, step)?;
        row.bytes = row.bytes.saturating_add(step.bytes());
    }
    let known = (
        traces::subject.eq(&row.subject),
        traces::outcome.eq(&row.outcome),
        traces::error.eq(&row.error),
        traces::bytes.eq(row.bytes),
    );
    diesel::update(traces::table.find(&row.id)).set(known).execute(connection)?;
    Ok(())
}

fn insert(connection: &mut AnyConnection, trace: &str, step: &StepRow) -> Result<(), Abort> {
    let values = (
        trace_steps::trace.eq(trace),
        trace_steps::number.eq(step.number),
        trace_steps::correlation.eq(&step.correlation),
        trace_steps::document.eq(&step.document),
        trace_steps::recording.eq(&step.recording),
    );
    diesel::insert_into(trace_steps::table).values(values).execute(connection)?;
    Ok(())
}

impl StepRow {
    /// What it takes up, about.
    fn bytes(&self) -> i64 {
        let bytes = self.document.len() + self.recording.as_ref().map_or(0, Vec::len);
        i64::try_from(bytes).unwrap_or(i64::MAX).saturating_add(STEP_BYTES)
    }
}

/// What is known by now.
fn merged(there: TraceRow, head: Option<&TraceRow>) -> TraceRow {
    let Some(head) = head else { return there };
    let is_open = head.outcome == TraceOutcome::Open.name();
    TraceRow {
        subject: head.subject.clone().or(there.subject),
        outcome: if is_open { there.outcome } else { head.outcome.clone() },
        error: head.error.clone().or(there.error),
        ..there
    }
}

fn list(connection: &mut AnyConnection, filter: &TraceFilter, limit: i64) -> Result<Vec<TraceRow>, Abort> {
    // The store serves two databases through one type, for which diesel cannot box a query: what is not asked for is
    // compared with itself.
    let subject = filter.subject.as_ref().map_or("", Subject::as_str);
    let client = filter.client.as_ref().map_or("", ClientId::as_str);
    let login = filter.login.as_ref().map_or("", TraceId::as_str);
    let error = filter.error.as_deref().unwrap_or_default();
    let correlation = filter.correlation.as_deref().unwrap_or_default();
    let either = |text: &str, column: &str| {
        sql::<Bool>("(")
            .bind::<Bool, _>(text.is_empty())
            .sql(&format!(" OR {column} = "))
            .bind::<Text, _>(text.to_owned())
            .sql(")")
    };
    let correlated = sql::<Bool>("(")
        .bind::<Bool, _>(correlation.is_empty())
        .sql(" OR id IN (SELECT trace FROM trace_steps WHERE correlation = ")
        .bind::<Text, _>(correlation.to_owned())
        .sql("))");
    let failed = sql::<Bool>("(").bind::<Bool, _>(!filter.failed).sql(" OR error IS NOT NULL)");
    let recorded = sql::<Bool>("(")
        .bind::<Bool, _>(!filter.recorded)
        .sql(" OR EXISTS (SELECT 1 FROM trace_steps WHERE trace_steps.trace = traces.id AND recording IS NOT NULL))");
    let query = traces::table
        .filter(traces::began_at_ms.ge(filter.since_ms.unwrap_or(i64::MIN)))
        .filter(traces::began_at_ms.lt(filter.until_ms.unwrap_or(i64::MAX)))
        .filter(either(subject, "subject"))
        .filter(either(client, "client_id"))
        .filter(either(login, "login"))
        .filter(either(error, "error"))
        .filter(failed)
        .filter(correlated)
        .filter(recorded)
        .order((traces::began_at_ms.desc(), traces::id.desc()))
        .limit(limit);
    Ok(query.select(TraceRow::as_select()).load(connection)?)
}

fn retain(connection: &mut AnyConnection, retention: TraceRetention) -> Result<u64, Abort> {
    let total = traces::table.select(sql::<BigInt>("COALESCE(CAST(SUM(bytes) AS BIGINT), 0)"));
    let total: i64 = total.get_result(connection)?;
    let mut over = total.saturating_sub(i64::try_from(retention.bytes_max).unwrap_or(i64::MAX));
    let oldest = traces::table.order((traces::began_at_ms, traces::id)).limit(BATCH);
    let oldest: Vec<(String, i64, i64)> =
        oldest.select((traces::id, traces::began_at_ms, traces::bytes)).load(connection)?;
    let mut gone = Vec::new();
    for (id, began_at_ms, bytes) in oldest {
        if began_at_ms >= retention.since_ms && over <= 0 {
            break;
        }
        over = over.saturating_sub(bytes);
        gone.push(id);
    }
    // Their steps go with them.
    Ok(diesel::delete(traces::table.filter(traces::id.eq_any(gone))).execute(connection)? as u64)
}

impl TryFrom<&TraceEntry> for Entry {
    type Error = Fault;

    fn try_from(entry: &TraceEntry) -> Result<Self, Fault> {
        let steps = entry.steps.iter().map(|step| {
            let document = to_document(PLACE, step)?;
            let recording = step.recording.clone().map(String::into_bytes);
            Ok(StepRow { number: step.number, correlation: step.correlation.clone(), document, recording })
        });
        Ok(Self {
            trace: entry.trace.as_str().to_owned(),
            head: entry.head.as_ref().map(TraceRow::from),
            steps: steps.collect::<Result<Vec<_>, Fault>>()?,
        })
    }
}

impl From<&TraceHead> for TraceRow {
    fn from(head: &TraceHead) -> Self {
        Self {
            id: head.id.as_str().to_owned(),
            kind: head.kind.name().to_owned(),
            login: head.login.as_ref().map(ToString::to_string),
            client_id: head.client.as_str().to_owned(),
            subject: head.subject.as_ref().map(ToString::to_string),
            bundle: head.bundle.as_str().to_owned(),
            began_at_ms: head.began_at_ms,
            outcome: head.outcome.name().to_owned(),
            error: head.error.clone(),
            bytes: 0,
        }
    }
}

impl TryFrom<TraceRow> for TraceHead {
    type Error = Fault;

    fn try_from(trace: TraceRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "traces", key: &trace.id };
        Ok(Self {
            kind: row.column("kind", TraceKind::of(&trace.kind).ok_or(()))?,
            login: row.column("login", trace.login.as_deref().map(TraceId::parse).transpose())?,
            client: row.column("client_id", ClientId::try_from(trace.client_id.as_str()))?,
            subject: row.column("subject", trace.subject.as_deref().map(Subject::parse).transpose())?,
            bundle: row.column("bundle", BundleDigest::parse(trace.bundle.as_str()))?,
            outcome: row.column("outcome", TraceOutcome::of(&trace.outcome).ok_or(()))?,
            id: row.column("id", TraceId::parse(trace.id.as_str()))?,
            began_at_ms: trace.began_at_ms,
            error: trace.error,
        })
    }
}
