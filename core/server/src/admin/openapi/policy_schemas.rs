//! The schemas of policies, traces and the audit log.

use super::schemas::{Schema, again, flag, maybe, moment, object, text, with};
use crate::admin::policies::{Activating, NewPolicy, RollingBack};
use gatewright_domain::audit::AuditEntry;
use serde_json::{Value, json};

const DIGEST: &str = "3f2a91c05d1e7b6a4c8f9e0d1b2a3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

fn policy() -> Value {
    object(
        &["digest", "author", "pushed_at", "live"],
        json!({
            "digest": text(), "name": maybe(text()), "author": text(), "note": maybe(text()), "pushed_at": moment(),
            "live": flag(), "tests": { "type": "integer", "description": "How many of its tests hold, when it is pushed." },
        }),
    )
}

fn activation() -> Value {
    object(
        &["number", "digest", "kind", "by", "proposed_at", "state"],
        json!({
            "number": { "type": "integer" }, "digest": text(), "kind": text(), "by": text(), "note": maybe(text()),
            "proposed_at": moment(), "decided_at": maybe(moment()),
            "state": { "type": "string", "enum": ["proposed", "live", "refused"] }, "why": maybe(text()),
        }),
    )
}

fn activation_example() -> Value {
    json!({
        "number": 7, "digest": DIGEST, "kind": "activate", "by": "operations", "note": "otp for payments",
        "proposed_at": 1_763_800_000, "decided_at": 1_763_800_001, "state": "live", "why": null,
    })
}

fn status() -> Value {
    let node = object(
        &["name", "digest", "activation", "seen_s_ago", "gone", "lags"],
        json!({
            "name": text(), "digest": text(), "activation": { "type": "integer" }, "seen_s_ago": { "type": "integer" },
            "gone": flag(), "lags": flag(),
        }),
    );
    object(
        &["live", "open", "nodes"],
        json!({
            "live": maybe(activation()), "open": maybe(activation()), "nodes": { "type": "array", "items": node },
        }),
    )
}

fn issued() -> Value {
    let number = json!({ "type": "integer" });
    let count = object(
        &["interactions", "sessions", "codes", "token_families", "opaque_tokens"],
        json!({
            "interactions": number, "sessions": number, "codes": number, "token_families": number, "opaque_tokens": number,
        }),
    );
    let one = object(
        &["kind", "id", "subject", "issued_at"],
        json!({
            "kind": text(), "id": text(), "subject": text(), "client": maybe(text()), "issued_at": moment(),
        }),
    );
    object(
        &["digest", "count", "issued"],
        json!({
            "digest": text(), "count": count, "issued": { "type": "array", "items": one },
        }),
    )
}

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
pub(super) const POLICY_SCHEMAS: &[Schema] = &[
    Schema {
        name: "Policy",
        shape: policy,
        example: || {
            json!({
                "digest": DIGEST, "name": "payments", "author": "operations", "note": null, "pushed_at": 1_763_800_000,
                "live": false,
            })
        },
        again: None,
    },
    Schema {
        name: "NewPolicy",
        shape: || {
            with(
                object(
                    &["files"],
                    json!({
                        "files": { "type": "object", "additionalProperties": { "type": "string" },
                            "description": "The files of a policy folder by path, each in base64; policy.toml among them." },
                        "note": maybe(text()),
                    }),
                ),
                &json!({ "additionalProperties": false }),
            )
        },
        example: || json!({ "files": { "policy.toml": "bmFtZSA9ICJwYXltZW50cyIK" }, "note": "otp for payments" }),
        again: Some(again::<NewPolicy>),
    },
    Schema {
        name: "Activating",
        shape: || with(object(&[], json!({ "note": maybe(text()) })), &json!({ "additionalProperties": false })),
        example: || json!({ "note": "otp for payments" }),
        again: Some(again::<Activating>),
    },
    Schema {
        name: "RollingBack",
        shape: || {
            with(
                object(
                    &[],
                    json!({
                        "to": maybe(json!({ "type": "string", "description": "A digest; what was live before where absent." })),
                        "note": maybe(text()),
                    }),
                ),
                &json!({ "additionalProperties": false }),
            )
        },
        example: || json!({ "to": DIGEST, "note": "it locked people out" }),
        again: Some(again::<RollingBack>),
    },
    Schema { name: "Activation", shape: activation, example: activation_example, again: None },
    Schema {
        name: "PolicyStatus",
        shape: status,
        example: || {
            json!({ "live": activation_example(), "open": null, "nodes": [{
            "name": "a:8080", "digest": DIGEST, "activation": 7, "seen_s_ago": 1, "gone": false, "lags": false,
        }] })
        },
        again: None,
    },
    Schema {
        name: "IssuedUnder",
        shape: issued,
        example: || {
            json!({
                "digest": DIGEST,
                "count": { "interactions": 0, "sessions": 1, "codes": 0, "token_families": 0, "opaque_tokens": 0 },
                "issued": [{ "kind": "session", "id": "s1", "subject": "6gBbZ2Jz0m4", "client": null, "issued_at": 1_763_800_000 }],
            })
        },
        again: None,
    },
    Schema {
        name: "Trace",
        shape: || object(&TRACE_REQUIRED, trace_properties()),
        example: trace_example,
        again: None,
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
        again: None,
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
