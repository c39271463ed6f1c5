//! The schemas of policies.

use super::schemas::{Schema, again, flag, maybe, moment, object, text, with};
use crate::admin::policies::{Activating, NewPolicy, RollingBack};
use crate::operations::{
    ActivationDocument, DifferenceDocument, ExaminedDocument, IssuedUnder, PolicyDocument, PolicyStatus,
    PushedDocument, WentLive,
};
use serde_json::{Value, json};

pub(super) const DIGEST: &str = "3f2a91c05d1e7b6a4c8f9e0d1b2a3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn closed(schema: Value) -> Value {
    with(schema, &json!({ "additionalProperties": false }))
}

/// How long something may take, where it is said.
pub(super) fn seconds() -> Value {
    json!({ "type": ["integer", "null"], "minimum": 1, "maximum": gatewright_policy::activation::WITHIN_S_MAX,
        "description": "How long the bundle's tests may take, and then the nodes to get ready, in seconds. \
            limits.idle_timeout_s ends a longer silence." })
}

fn policy_properties() -> Value {
    json!({ "digest": text(), "name": maybe(text()), "author": text(), "note": maybe(text()), "pushed_at": moment(),
        "live": flag() })
}

const POLICY_REQUIRED: [&str; 4] = ["digest", "author", "pushed_at", "live"];

fn policy_example() -> Value {
    json!({ "digest": DIGEST, "name": "payments", "author": "operations", "note": null, "pushed_at": 1_763_800_000,
        "live": false })
}

fn examined() -> Value {
    let place =
        json!({ "file": text(), "line": number(), "column": number(), "message": text(), "hint": maybe(text()) });
    let severity = json!({ "severity": { "type": "string", "enum": ["error", "warning"] } });
    let diagnostic = object(&["severity", "file", "line", "column", "message"], with(place.clone(), &severity));
    let failed = object(&["file", "line", "column", "message", "test"], with(place, &json!({ "test": text() })));
    let tests = object(&["passed", "failed"], json!({ "passed": number(), "failed": list(failed) }));
    let properties = json!({ "fit": flag(), "digest": text(), "diagnostics": list(diagnostic), "tests": tests });
    object(&["fit", "digest", "diagnostics", "tests"], properties)
}

fn activation_properties() -> Value {
    json!({
        "number": number(), "digest": text(), "kind": text(), "by": text(), "note": maybe(text()),
        "proposed_at": moment(), "decided_at": maybe(moment()),
        "state": { "type": "string", "enum": ["proposed", "live", "was_live", "refused"] }, "why": maybe(text()),
    })
}

const ACTIVATION_REQUIRED: [&str; 6] = ["number", "digest", "kind", "by", "proposed_at", "state"];

fn activation() -> Value {
    object(&ACTIVATION_REQUIRED, activation_properties())
}

fn activation_example() -> Value {
    json!({
        "number": 7, "digest": DIGEST, "kind": "activate", "by": "operations", "note": "otp for payments",
        "proposed_at": 1_763_800_000, "decided_at": 1_763_800_001, "state": "live", "why": null,
    })
}

fn went_live() -> Value {
    let node = object(&["name", "follows"], json!({ "name": text(), "follows": flag() }));
    let required = [ACTIVATION_REQUIRED.as_slice(), &["nodes", "followed_ms", "changed"]].concat();
    object(
        &required,
        with(activation_properties(), &json!({ "nodes": list(node), "followed_ms": number(), "changed": flag() })),
    )
}

fn status() -> Value {
    let node = object(
        &["name", "digest", "activation", "seen_s_ago", "gone", "lags"],
        json!({
            "name": text(), "digest": text(), "activation": number(), "seen_s_ago": number(), "gone": flag(),
            "lags": flag(),
        }),
    );
    object(
        &["live", "open", "folder_refused", "nodes"],
        json!({ "live": maybe(activation()), "open": maybe(activation()), "folder_refused": maybe(activation()),
            "nodes": list(node) }),
    )
}

fn difference() -> Value {
    let change = json!({ "type": "string", "enum": ["added", "removed", "changed"] });
    let binding = json!({ "name": text(), "change": change, "says": list(text()) });
    let file = json!({ "path": text(), "change": change, "diff": maybe(text()) });
    object(
        &["bindings", "files"],
        json!({
            "bindings": list(object(&["name", "change", "says"], binding)),
            "files": list(object(&["path", "change"], file)),
        }),
    )
}

fn issued() -> Value {
    let count = object(
        &["interactions", "sessions", "codes", "token_families", "opaque_tokens"],
        json!({
            "interactions": number(), "sessions": number(), "codes": number(), "token_families": number(),
            "opaque_tokens": number(),
        }),
    );
    let one = object(
        &["kind", "id", "subject", "issued_at"],
        json!({ "kind": text(), "id": text(), "subject": text(), "client": maybe(text()), "issued_at": moment() }),
    );
    object(&["digest", "count", "issued"], json!({ "digest": text(), "count": count, "issued": list(one) }))
}

fn new_policy() -> Value {
    let files = json!({ "type": "object", "additionalProperties": { "type": "string" },
        "description": "The files of a policy folder by path, each in base64; policy.toml among them." });
    closed(object(&["files"], json!({ "files": files })))
}

fn rolling_back() -> Value {
    let to = json!({ "type": "string", "description": "A digest; what was live before where absent." });
    closed(object(&[], json!({ "to": maybe(to), "note": maybe(text()), "within_s": seconds() })))
}

/// All of them.
pub(super) const POLICY_SCHEMAS: &[Schema] = &[
    Schema {
        name: "Policy",
        shape: || object(&POLICY_REQUIRED, policy_properties()),
        example: policy_example,
        again: Some(again::<PolicyDocument>),
    },
    Schema {
        name: "PushedPolicy",
        shape: || {
            let tests = json!({ "tests": { "type": "integer", "description": "How many of its tests hold." } });
            object(&[POLICY_REQUIRED.as_slice(), &["tests"]].concat(), with(policy_properties(), &tests))
        },
        example: || with(policy_example(), &json!({ "tests": 12 })),
        again: Some(again::<PushedDocument>),
    },
    Schema {
        name: "ExaminedPolicy",
        shape: examined,
        example: || {
            json!({ "fit": false, "digest": DIGEST, "tests": { "passed": 0, "failed": [] }, "diagnostics": [{
                "severity": "error", "file": "policy.toml", "line": 7, "column": 1,
                "message": "a binding has no key `lned`", "hint": "did you mean `lend`?",
            }] })
        },
        again: Some(again::<ExaminedDocument>),
    },
    Schema {
        name: "NewPolicy",
        shape: new_policy,
        example: || json!({ "files": { "policy.toml": "bmFtZSA9ICJwYXltZW50cyIK" } }),
        again: Some(again::<NewPolicy>),
    },
    Schema {
        name: "Activating",
        shape: || closed(object(&[], json!({ "note": maybe(text()), "within_s": seconds() }))),
        example: || json!({ "note": "otp for payments" }),
        again: Some(again::<Activating>),
    },
    Schema {
        name: "RollingBack",
        shape: rolling_back,
        example: || json!({ "to": DIGEST, "note": "it locked people out" }),
        again: Some(again::<RollingBack>),
    },
    Schema {
        name: "Activation",
        shape: activation,
        example: activation_example,
        again: Some(again::<ActivationDocument>),
    },
    Schema {
        name: "WentLive",
        shape: went_live,
        example: || {
            let nodes = json!({ "nodes": [{ "name": "a:8080", "follows": true }], "followed_ms": 63, "changed": true });
            with(activation_example(), &nodes)
        },
        again: Some(again::<WentLive>),
    },
    Schema {
        name: "PolicyStatus",
        shape: status,
        example: || {
            json!({ "live": activation_example(), "open": null, "folder_refused": null, "nodes": [{
                "name": "a:8080", "digest": DIGEST, "activation": 7, "seen_s_ago": 1, "gone": false, "lags": false,
            }] })
        },
        again: Some(again::<PolicyStatus>),
    },
    Schema {
        name: "PolicyDifference",
        shape: difference,
        example: || {
            json!({
                "bindings": [{ "name": "authenticate/pwd", "change": "changed", "says": ["level: 10 -> 20"] }],
                "files": [{ "path": "policy.toml", "change": "changed", "diff": "@@ -3 +3 @@\n-level = 10\n+level = 20\n" }],
            })
        },
        again: Some(again::<DifferenceDocument>),
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
        again: Some(again::<IssuedUnder>),
    },
];
