//! The schemas of what is sent and answered (JSON Schema 2020-12), each with an example that is what the server itself
//! would write.

use crate::operations::{
    ClientChange, ClientDocument, FactorDocument, GrantDocument, KeyDocument, KeyRotation, NewClient, NewPassword,
    NewUser, ProblemKind, RotatedKeys, SessionDocument, UserChange, UserDetail, UserDocument,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A schema.
pub(in crate::admin) struct Schema {
    pub name: &'static str,
    pub shape: fn() -> Value,
    pub example: fn() -> Value,
    /// Reads a document and writes it again; none for what is only ever written.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the examples are held against"))]
    pub again: Option<fn(Value) -> serde_json::Result<Value>>,
}

pub(super) fn again<T: Serialize + DeserializeOwned>(document: Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(document)?)
}

pub(super) fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

/// Seconds since 1970.
pub(super) fn moment() -> Value {
    json!({ "type": "integer", "format": "int64", "description": "Seconds since 1970." })
}

pub(super) fn maybe(mut schema: Value) -> Value {
    let kind = schema["type"].take();
    schema["type"] = json!([kind, "null"]);
    schema
}

fn texts() -> Value {
    json!({ "type": "array", "items": text() })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// Members of a registration that have rules; there are more (RFC 7591 2).
fn metadata() -> Value {
    json!({
        "client_name": text(),
        "redirect_uris": texts(),
        "post_logout_redirect_uris": texts(),
        "grant_types": texts(),
        "response_types": texts(),
        "token_endpoint_auth_method": text(),
        "scope": text(),
    })
}

/// The same in a request, where `null` says as much as nothing (RFC 7592 2.2).
fn asked_metadata() -> Value {
    let Value::Object(members) = metadata() else { return json!({}) };
    members.into_iter().map(|(name, schema)| (name, maybe(schema))).collect()
}

pub(super) fn with(mut properties: Value, more: &Value) -> Value {
    if let (Some(properties), Some(more)) = (properties.as_object_mut(), more.as_object()) {
        properties.extend(more.clone());
    }
    properties
}

fn client() -> Value {
    let own = json!({
        "client_id": text(),
        "client_secret": { "type": "string", "description": "In the answer that made it, and never again." },
        "client_id_issued_at": moment(),
        "first_party": flag(),
        "registered_itself": flag(),
        "admin_scope": text(),
        "version": { "type": "string", "description": "What the ETag is." },
    });
    let required = ["client_id", "client_id_issued_at", "first_party", "registered_itself", "admin_scope", "version"];
    object(&required, with(metadata(), &own))
}

fn client_example() -> Value {
    json!({
        "client_id": "almanac", "client_id_issued_at": 1_763_800_000, "first_party": false, "registered_itself": false,
        "admin_scope": "", "version": "2Jq0V4m8aXw1bYc3dZe5", "client_name": "Almanac",
        "redirect_uris": ["https://almanac.example/callback"], "grant_types": ["authorization_code"],
        "response_types": ["code"], "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile",
    })
}

fn new_client() -> Value {
    let own = json!({
        "client_id": maybe(json!({ "type": "string", "description": "Drawn where absent." })),
        "client_secret": maybe(json!({ "type": "string", "minLength": 16, "description": "Drawn where absent." })),
        "first_party": flag(),
        "admin_scope": { "type": "string", "description": "Values of the admin API, none that your own token lacks." },
    });
    object(&[], with(asked_metadata(), &own))
}

fn user_properties() -> Value {
    json!({
        "username": text(), "subject": text(), "claims": { "type": "object" }, "has_password": flag(), "disabled": flag(),
        "created_at": moment(), "version": { "type": "string", "description": "What the ETag is." },
    })
}

const USER_REQUIRED: [&str; 7] = ["username", "subject", "claims", "has_password", "disabled", "created_at", "version"];

fn user_example() -> Value {
    json!({
        "username": "carol", "subject": "6gBbZ2Jz0m4", "claims": { "given_name": "Carol" }, "has_password": true,
        "disabled": false, "created_at": 1_763_800_000, "version": "7Hf2Lk9PqRs4TuVw6XyZ",
    })
}

fn detail() -> Value {
    let event = object(
        &["at", "address", "what"],
        json!({
            "at": moment(), "address": maybe(text()), "what": { "type": "object" },
        }),
    );
    let more = json!({
        "locked_until": maybe(moment()), "wait_s": { "type": "integer" }, "events": { "type": "array", "items": event },
    });
    let required = [USER_REQUIRED.as_slice(), &["locked_until", "wait_s", "events"]].concat();
    object(&required, with(user_properties(), &more))
}

fn detail_example() -> Value {
    let locked = json!({ "at": 1_763_800_100, "address": "192.0.2.7", "what": { "event": "locked_out", "until": 1_763_800_160 } });
    with(user_example(), &json!({ "locked_until": 1_763_800_160, "wait_s": 42, "events": [locked] }))
}

fn session() -> Value {
    let required = ["id", "subject", "acr", "amr", "auth_time", "created_at", "expires_at", "bundle"];
    object(
        &required,
        json!({
            "id": text(), "subject": text(), "acr": text(), "amr": texts(), "auth_time": moment(), "created_at": moment(),
            "expires_at": moment(), "bundle": { "type": "string", "description": "The digest of the policy that decided it." },
            "address": maybe(text()), "user_agent": maybe(text()),
        }),
    )
}

fn grant() -> Value {
    object(
        &["subject", "client_id"],
        json!({
            "subject": text(), "client_id": text(), "consented_scope": maybe(text()), "consented_at": maybe(moment()),
            "token_scope": maybe(text()), "tokens_since": maybe(moment()),
        }),
    )
}

fn key() -> Value {
    object(
        &["kid", "algorithm", "state", "created_at", "signs_from"],
        json!({
            "kid": text(), "algorithm": text(),
            "state": { "type": "string", "enum": ["next", "signs", "verifies", "published", "decrypts", "dropped"] },
            "created_at": moment(), "signs_from": moment(), "retired_at": maybe(moment()), "drops_at": maybe(moment()),
        }),
    )
}

fn problem() -> Value {
    let kinds: Vec<String> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
    object(
        &["type", "kind", "title", "status", "detail", "next"],
        json!({
            "type": text(), "kind": { "type": "string", "enum": kinds }, "title": text(), "status": { "type": "integer" },
            "detail": text(), "next": { "type": "string", "description": "What to do now." },
            "diagnostics": { "type": "array", "items": { "type": "object" },
                "description": "What is wrong with a policy: file, line, column, message, hint." },
        }),
    )
}

fn status() -> Value {
    let you = object(&["name", "scope"], json!({ "name": text(), "scope": text() }));
    object(
        &["version", "issuer", "policy", "ready", "missing", "you"],
        json!({
            "version": text(), "issuer": text(), "policy": text(), "ready": flag(), "missing": maybe(text()), "you": you,
        }),
    )
}

/// All of them.
pub(in crate::admin) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "OpenApi",
        shape: || json!({ "type": "object" }),
        example: || json!({ "openapi": "3.1.0" }),
        again: None,
    },
    Schema {
        name: "Problem",
        shape: problem,
        example: || crate::admin::answer::document(&ProblemKind::NoClient.says("there is no client almanac")),
        again: None,
    },
    Schema {
        name: "Status",
        shape: status,
        example: || {
            json!({
                "version": "0.1.0", "issuer": "https://login.example.com", "policy": "5f1d…", "ready": true, "missing": null,
                "you": { "name": "operations", "scope": "gatewright.admin" },
            })
        },
        again: None,
    },
    Schema { name: "Client", shape: client, example: client_example, again: Some(again::<ClientDocument>) },
    Schema {
        name: "NewClient",
        shape: new_client,
        example: || {
            json!({
                "client_id": "almanac", "first_party": false, "admin_scope": "", "client_name": "Almanac",
                "redirect_uris": ["https://almanac.example/callback"],
            })
        },
        again: Some(again::<NewClient>),
    },
    Schema {
        name: "ClientChange",
        shape: || {
            object(&[], with(asked_metadata(), &json!({ "first_party": maybe(flag()), "admin_scope": maybe(text()) })))
        },
        example: || {
            json!({
                "first_party": true, "client_name": "Almanac", "redirect_uris": ["https://almanac.example/callback"],
            })
        },
        again: Some(again::<ClientChange>),
    },
    Schema {
        name: "User",
        shape: || object(&USER_REQUIRED, user_properties()),
        example: user_example,
        again: Some(again::<UserDocument>),
    },
    Schema { name: "UserDetail", shape: detail, example: detail_example, again: Some(again::<UserDetail>) },
    Schema {
        name: "NewUser",
        shape: || {
            with(
                object(
                    &["username"],
                    json!({
                        "username": { "type": "string", "minLength": 1, "maxLength": 128 },
                        "subject": maybe(json!({ "type": "string", "description": "Drawn where absent." })),
                        "claims": { "type": "object" },
                        "password": maybe(json!({ "type": "string", "description": "Without one, none fits until one is set." })),
                    }),
                ),
                &json!({ "additionalProperties": false }),
            )
        },
        example: || {
            json!({
                "username": "carol", "claims": { "given_name": "Carol" }, "password": "four words in a row",
            })
        },
        again: Some(again::<NewUser>),
    },
    Schema {
        name: "UserChange",
        shape: || {
            with(
                object(&["claims"], json!({ "claims": { "type": "object" } })),
                &json!({ "additionalProperties": false }),
            )
        },
        example: || json!({ "claims": { "given_name": "Carol", "email": "carol@example.com" } }),
        again: Some(again::<UserChange>),
    },
    Schema {
        name: "NewPassword",
        shape: || with(object(&["password"], json!({ "password": text() })), &json!({ "additionalProperties": false })),
        example: || json!({ "password": "four words in a row" }),
        again: Some(again::<NewPassword>),
    },
    Schema {
        name: "Unlocked",
        shape: || object(&["waited_s"], json!({ "waited_s": { "type": "integer" } })),
        example: || json!({ "waited_s": 42 }),
        again: None,
    },
    Schema {
        name: "Factor",
        shape: || {
            object(
                &["id", "kind", "label", "created_at"],
                json!({
                    "id": text(), "kind": text(), "label": text(), "created_at": moment(), "used_at": maybe(moment()),
                }),
            )
        },
        example: || json!({ "id": "f1", "kind": "totp", "label": "phone", "created_at": 1_763_800_000, "used_at": null }),
        again: Some(again::<FactorDocument>),
    },
    Schema {
        name: "Session",
        shape: session,
        example: || {
            json!({
                "id": "s1", "subject": "6gBbZ2Jz0m4", "acr": "pwd", "amr": ["pwd"], "auth_time": 1_763_800_000,
                "created_at": 1_763_800_000, "expires_at": 1_763_886_400, "bundle": "5f1d", "address": "192.0.2.7",
                "user_agent": "Mozilla/5.0",
            })
        },
        again: Some(again::<SessionDocument>),
    },
    Schema {
        name: "Grant",
        shape: grant,
        example: || {
            json!({
                "subject": "6gBbZ2Jz0m4", "client_id": "almanac", "consented_scope": "openid profile",
                "consented_at": 1_763_800_000, "token_scope": "openid", "tokens_since": 1_763_800_010,
            })
        },
        again: Some(again::<GrantDocument>),
    },
    Schema {
        name: "Key",
        shape: key,
        example: || {
            json!({
                "kid": "k1", "algorithm": "ES256", "state": "signs", "created_at": 1_763_800_000, "signs_from": 1_763_800_000,
                "retired_at": null, "drops_at": null,
            })
        },
        again: Some(again::<KeyDocument>),
    },
    Schema {
        name: "KeyRotation",
        shape: || {
            with(
                object(
                    &[],
                    json!({
                        "algorithms": { "type": "array", "items": text(), "description": "All where empty." },
                        "stolen": { "type": "boolean", "description": "All that the old keys signed is void at once." },
                    }),
                ),
                &json!({ "additionalProperties": false }),
            )
        },
        example: || json!({ "algorithms": ["ES256"], "stolen": false }),
        again: Some(again::<KeyRotation>),
    },
    Schema {
        name: "RotatedKeys",
        shape: || {
            object(
                &["rotated"],
                json!({
                    "rotated": {
                        "type": "array",
                        "items": object(&["algorithm", "kid"], json!({ "algorithm": text(), "kid": maybe(text()) })),
                    },
                }),
            )
        },
        example: || json!({ "rotated": [{ "algorithm": "ES256", "kid": "k2" }] }),
        again: Some(again::<RotatedKeys>),
    },
];
