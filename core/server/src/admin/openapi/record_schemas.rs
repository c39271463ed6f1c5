//! The schemas of traces and the audit log.

use super::policy_schemas::DIGEST;
use super::schemas::{Schema, again, maybe, object, text, with};
use crate::operations::{TraceDetail, TraceDocument};
use gatewright_domain::audit::AuditEntry;
use serde_json::{Value, json};

fn trace_properties() -> Value {
    json!({
        "id": text(), "kind": text(), "login": maybe(text()), "client": text(), "subject": maybe(text()),
        "bundle": text(), "began_at_ms": { "type": "integer", "format": "int64" }, "outcome": text(),
        "error": maybe(text()),
    })
}

const TRACE_REQUIRED: [&str; 6] = ["id", "kind", "client", "bundle", "began_at_ms", "outcome"];

fn trace_example() -> Value {
    json!({
        "id": "t1", "kind": "login", "login": null, "client": "almanac", "subject": "6gBbZ2Jz0m4", "bundle": DIGEST,
        "began_at_ms": 1_763_800_000_000_i64, "outcome": "completed", "error": null,
    })
}

fn entry() -> Value {
    object(
        &["id", "at_ms", "actor", "action", "target", "outcome"],
        json!({
            "id": text(), "at_ms": { "type": "integer", "format": "int64" }, "actor": {}, "action": text(), "target": text(),
            "outcome": { "type": "string", "enum": ["done", "refused", "failed"] }, "detail": { "type": "object" },
            "correlation": text(),
        }),
    )
}

/// All of them.
pub(super) const RECORD_SCHEMAS: &[Schema] = &[
    Schema {
        name: "Trace",
        shape: || object(&TRACE_REQUIRED, trace_properties()),
        example: trace_example,
        again: Some(again::<TraceDocument>),
    },
    Schema {
        name: "TraceDetail",
        shape: || {
            let required = [TRACE_REQUIRED.as_slice(), &["steps"]].concat();
            let steps = json!({ "steps": { "type": "array", "items": { "type": "object" } } });
            object(&required, with(trace_properties(), &steps))
        },
        example: || {
            with(
                trace_example(),
                &json!({ "steps": [{ "number": 1, "at_ms": 1_763_800_000_000_i64,
            "what": { "step": "page", "page": "consent" } }] }),
            )
        },
        again: Some(again::<TraceDetail>),
    },
    Schema {
        name: "AuditEntry",
        shape: entry,
        example: || {
            json!({
                "id": "a1", "at_ms": 1_763_800_000_000_i64, "actor": { "administrator": "operations" },
                "action": "client.add", "target": "almanac", "outcome": "done",
            })
        },
        again: Some(again::<AuditEntry>),
    },
];
