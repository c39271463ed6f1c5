//! The schemas of policies on trial.

use super::policy_schemas::{DIGEST, seconds};
use super::schemas::{Schema, again, maybe, moment, object, text, with};
use crate::admin::replay::Replaying;
use crate::admin::trials::{NewCanary, NewShadow, NewShare};
use crate::operations::{LIST_MAX, PAGE_DEFAULT, ReplayDocument, SamplesDocument, ShadowDocument, TrialDocument};
use serde_json::{Value, json};

fn share() -> Value {
    json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1,
        "description": "A part of the whole, in steps of 0.0001: 0.2 is a fifth." })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn closed(required: &[&str], properties: Value) -> Value {
    with(object(required, properties), &json!({ "additionalProperties": false }))
}

fn chosen() -> Value {
    let by = |name: &str| json!({ "type": "string", "const": name });
    let share = |name: &str| object(&["by"], json!({ "by": by(name) }));
    let pair = json!({ "type": "array", "items": text(), "minItems": 2, "maxItems": 2 });
    let group = json!({ "by": by("group"), "clients": list(text()), "subjects": list(text()), "claims": list(pair) });
    json!({
        "type": "object",
        "description": "Whose logins: a share of the clients or of the end-users, or those that are named.",
        "anyOf": [share("client"), share("subject"), object(&["by", "clients", "subjects", "claims"], group)],
    })
}

fn trial() -> Value {
    object(
        &["trial", "kind", "digest", "share", "chosen", "by", "begun_at"],
        json!({
            "trial": { "type": "integer" }, "kind": { "type": "string", "enum": ["shadow", "canary"] }, "digest": text(),
            "share": { "type": "number" }, "chosen": chosen(), "by": text(), "note": maybe(text()), "begun_at": moment(),
            "ended_at": maybe(moment()), "ended_by": maybe(text()),
        }),
    )
}

fn trial_example() -> Value {
    json!({
        "trial": 3, "kind": "shadow", "digest": DIGEST, "share": 0.2, "chosen": { "by": "client" }, "by": "operations",
        "note": "new terms", "begun_at": 1_763_800_000, "ended_at": null, "ended_by": null,
    })
}

fn shadow() -> Value {
    let count = json!({ "what": text(), "hook": text(), "binding": text(), "count": { "type": "integer" } });
    let counts = list(object(&["what", "hook", "binding", "count"], count));
    object(&["trial", "counts"], json!({ "trial": trial(), "counts": counts }))
}

fn samples() -> Value {
    let sample = json!({
        "what": text(), "hook": text(), "binding": text(), "at_ms": { "type": "integer", "format": "int64" },
        "difference": { "type": "object" },
    });
    let samples = list(object(&["what", "hook", "binding", "at_ms", "difference"], sample));
    object(&["trial", "samples"], json!({ "trial": trial(), "samples": samples }))
}

fn new_canary() -> Value {
    let properties = json!({
        "policy": text(), "share": { "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1,
            "description": "A part of the whole, in steps of 0.0001; a group has none." },
        "chosen": chosen(), "note": maybe(text()), "within_s": seconds(),
    });
    closed(&["policy", "chosen"], properties)
}

fn replay() -> Value {
    let end = json!({ "type": "object" });
    let change = object(
        &["effect", "hook", "binding", "names", "was", "would_be"],
        json!({ "effect": text(), "hook": text(), "binding": text(), "names": list(text()), "was": end, "would_be": end }),
    );
    let login = object(
        &["trace", "of", "client", "bundle", "changes"],
        json!({ "trace": text(), "of": text(), "client": text(), "subject": maybe(text()), "bundle": text(),
            "changes": list(change) }),
    );
    let properties = json!({ "policy": text(), "questions": { "type": "integer" }, "logins": list(login) });
    object(&["policy", "questions", "logins"], properties)
}

fn replaying() -> Value {
    let since =
        json!({ "type": ["integer", "null"], "format": "int64", "description": "Begun at that moment or later." });
    let limit = json!({ "type": ["integer", "null"], "minimum": 1, "maximum": LIST_MAX, "default": PAGE_DEFAULT });
    closed(&[], json!({ "since_ms": since, "client": maybe(text()), "limit": limit }))
}

/// All of them.
pub(super) const TRIAL_SCHEMAS: &[Schema] = &[
    Schema { name: "Trial", shape: trial, example: trial_example, again: Some(again::<TrialDocument>) },
    Schema {
        name: "Shadow",
        shape: shadow,
        example: || {
            let count = json!({ "what": "asked", "hook": "claims", "binding": "", "count": 812 });
            json!({ "trial": trial_example(), "counts": [count] })
        },
        again: Some(again::<ShadowDocument>),
    },
    Schema {
        name: "ShadowSamples",
        shape: samples,
        example: || {
            let sample = json!({ "what": "claims", "hook": "claims", "binding": "claims/org",
                "at_ms": 1_763_800_000_000_i64, "difference": { "client": "shop" } });
            json!({ "trial": trial_example(), "samples": [sample] })
        },
        again: Some(again::<SamplesDocument>),
    },
    Schema {
        name: "NewShadow",
        shape: || {
            let share = json!({ "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1,
                "description": "Of the questions, in steps of 0.0001; all where absent." });
            closed(&["policy"], json!({ "policy": text(), "share": share, "note": maybe(text()) }))
        },
        example: || json!({ "policy": DIGEST, "share": 0.2, "note": "new terms" }),
        again: Some(again::<NewShadow>),
    },
    Schema {
        name: "NewCanary",
        shape: new_canary,
        example: || json!({ "policy": DIGEST, "share": 0.1, "chosen": { "by": "client" } }),
        again: Some(again::<NewCanary>),
    },
    Schema {
        name: "Replaying",
        shape: replaying,
        example: || json!({ "since_ms": 1_763_800_000_000_i64, "client": "shop", "limit": 100 }),
        again: Some(again::<Replaying>),
    },
    Schema {
        name: "Replay",
        shape: replay,
        example: || {
            let change = json!({ "effect": "stepped_up", "hook": "select_acr", "binding": "select_acr/payments", "names": [],
                "was": { "end": "decided", "decision": "pwd" }, "would_be": { "end": "decided", "decision": "otp" } });
            let login = json!({ "trace": "t1", "of": "login", "client": "shop", "subject": "6gBbZ2Jz0m4", "bundle": DIGEST,
                "changes": [change] });
            json!({ "policy": DIGEST, "questions": 4, "logins": [login] })
        },
        again: Some(again::<ReplayDocument>),
    },
    Schema {
        name: "NewShare",
        shape: || closed(&["share"], json!({ "share": share() })),
        example: || json!({ "share": 0.5 }),
        again: Some(again::<NewShare>),
    },
];
