//! Traces as OpenTelemetry spans, in the JSON encoding of OTLP (OpenTelemetry Protocol 1.x, "JSON Protobuf Encoding").
//!
//! A trace's name is the base64url of 16 bytes, which are its trace id there. The login is the root span; each question
//! to the policy is a span below it, each run of a binding one below that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::trace::{
    AskedRecord, EndRecord, RunRecord, StepRecord, TraceEntry, TraceHead, TraceOutcome, TraceStep,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const NANOS_A_MS: i128 = 1_000_000;
const NANOS_A_MICRO: i128 = 1_000;
/// `SpanKind`: what a server does for a request, and what goes on inside it.
const KIND_SERVER: u8 = 2;
const KIND_INTERNAL: u8 = 1;
/// `StatusCode`.
const STATUS_UNSET: u8 = 0;
const STATUS_ERROR: u8 = 2;

/// A request body with the spans of these entries; none when they hold none.
pub(super) fn request(entries: &[TraceEntry], service: &str) -> Option<Value> {
    let spans: Vec<Value> = entries.iter().flat_map(spans).collect();
    if spans.is_empty() {
        return None;
    }
    Some(json!({ "resourceSpans": [{
        "resource": { "attributes": [text("service.name", "gatewright"), text("service.namespace", service)] },
        "scopeSpans": [{
            "scope": { "name": "gatewright", "version": env!("CARGO_PKG_VERSION") },
            "spans": spans,
        }],
    }] }))
}

fn spans(entry: &TraceEntry) -> Vec<Value> {
    let root = span_id(&entry.trace, "root");
    let mut spans = Vec::new();
    for step in &entry.steps {
        match (&step.what, &entry.head) {
            (StepRecord::Asked(asked), _) => spans.extend(asked_spans(&entry.trace, &root, step, asked)),
            (StepRecord::Ended { outcome, error, .. }, Some(head)) => {
                spans.push(root_span(head, &root, step.at_ms, (*outcome, error.as_deref())));
            }
            _ => {}
        }
    }
    spans
}

fn root_span(head: &TraceHead, id: &str, end_ms: i64, (outcome, error): (TraceOutcome, Option<&str>)) -> Value {
    let mut attributes = vec![
        text("gatewright.client_id", head.client.as_str()),
        text("gatewright.bundle", head.bundle.as_str()),
        text("gatewright.outcome", outcome.name()),
    ];
    attributes.extend(head.subject.as_ref().map(|subject| text("enduser.id", subject.as_str())));
    attributes.extend(head.login.as_ref().map(|login| text("gatewright.login", login.as_str())));
    attributes.extend(error.map(|error| text("error.type", error)));
    let status = if outcome == TraceOutcome::Failed { STATUS_ERROR } else { STATUS_UNSET };
    json!({
        "traceId": trace_id(&head.id),
        "spanId": id,
        "name": head.kind.name(),
        "kind": KIND_SERVER,
        "startTimeUnixNano": nanos(head.began_at_ms, 0),
        "endTimeUnixNano": nanos(end_ms.max(head.began_at_ms), 0),
        "attributes": attributes,
        "status": { "code": status },
    })
}

fn asked_spans(trace: &TraceId, root: &str, step: &TraceStep, asked: &AskedRecord) -> Vec<Value> {
    let id = span_id(trace, &step.number.to_string());
    let micros: u64 = asked.runs.iter().map(|run| run.micros).sum();
    let mut spans = vec![json!({
        "traceId": trace_id(trace),
        "spanId": id,
        "parentSpanId": root,
        "name": asked.hook.name(),
        "kind": KIND_INTERNAL,
        "startTimeUnixNano": nanos(step.at_ms, 0),
        "endTimeUnixNano": nanos(step.at_ms, micros),
        "attributes": end_attributes(&asked.answer),
        "status": status(&asked.answer),
    })];
    let mut before = 0;
    for (place, run) in asked.runs.iter().enumerate() {
        spans.push(json!({
            "traceId": trace_id(trace),
            "spanId": span_id(trace, &format!("{}.{place}", step.number)),
            "parentSpanId": id,
            "name": run.binding,
            "kind": KIND_INTERNAL,
            "startTimeUnixNano": nanos(step.at_ms, before),
            "endTimeUnixNano": nanos(step.at_ms, before + run.micros),
            "attributes": run_attributes(asked, run),
            "status": status(&run.end),
        }));
        before += run.micros;
    }
    spans
}

fn run_attributes(asked: &AskedRecord, run: &RunRecord) -> Vec<Value> {
    let mut attributes = end_attributes(&run.end);
    attributes.push(text("gatewright.bundle", asked.bundle.as_str()));
    attributes.push(number("gatewright.host_calls", run.calls.len() as u64));
    attributes.extend(run.operations.map(|operations| number("gatewright.operations", operations)));
    attributes.extend(run.fuel.map(|fuel| number("gatewright.instructions", fuel)));
    attributes
}

fn end_attributes(end: &EndRecord) -> Vec<Value> {
    match end {
        EndRecord::Decided { decision } => vec![text("gatewright.decision", &decision.to_string())],
        EndRecord::Page { title } => vec![text("gatewright.page", title)],
        EndRecord::Visit { host } => vec![text("gatewright.visit", host)],
        EndRecord::Fault { why, place } => {
            let place = place.iter().map(|place| text("code.filepath", place));
            std::iter::once(text("exception.message", why)).chain(place).collect()
        }
    }
}

fn status(end: &EndRecord) -> Value {
    match end {
        EndRecord::Fault { why, .. } => json!({ "code": STATUS_ERROR, "message": why }),
        _ => json!({ "code": STATUS_UNSET }),
    }
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// 64-bit numbers are texts in this encoding.
fn number(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

fn nanos(at_ms: i64, micros: u64) -> String {
    (i128::from(at_ms) * NANOS_A_MS + i128::from(micros) * NANOS_A_MICRO).to_string()
}

fn trace_id(trace: &TraceId) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(trace.as_str()).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    hex(&bytes.unwrap_or_else(|| digest(trace.as_str())))
}

fn span_id(trace: &TraceId, place: &str) -> String {
    hex(&digest::<8>(&format!("{trace} {place}")))
}

fn digest<const N: usize>(text: &str) -> [u8; N] {
    let digest = Sha256::digest(text.as_bytes());
    std::array::from_fn(|place| digest[place])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
