//! The admin API as an OpenAPI 3.1 document, written from the table that the router leads requests by.

mod policy_schemas;
mod record_schemas;
mod schemas;
mod trial_schemas;

use policy_schemas::POLICY_SCHEMAS;
use record_schemas::RECORD_SCHEMAS;
use schemas::{SCHEMAS, Schema};
use trial_schemas::TRIAL_SCHEMAS;

use super::BASE;
use super::answer::PROBLEM_TYPE;
use super::policies::ACTIVATION_WITHIN_S;
use super::records::LINES_TYPE;
use super::table::{Answers, Operation, Precondition, Query, TABLE};
use crate::operations::{BUNDLE_TYPE, LIST_MAX, PAGE_DEFAULT, PAGE_MAX, ProblemKind};
use gatewright_domain::admin_scope::ADMIN_SCOPES;
use gatewright_policy::activation::WITHIN_S_MAX;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What may be told of every operation.
const ALWAYS: [ProblemKind; 2] = [ProblemKind::BadRequest, ProblemKind::Fault];
/// What may be told where a token is needed.
const WITH_TOKEN: [ProblemKind; 3] = [ProblemKind::Unauthenticated, ProblemKind::Forbidden, ProblemKind::TooManyTries];

/// The document of the server that is known as `issuer`.
pub(super) fn document(issuer: &str) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in TABLE {
        let place = paths.entry(operation.path).or_default();
        place.insert(operation.method.as_str().to_lowercase(), described(operation));
    }
    let schemas = all_schemas().map(|schema| {
        let mut text = (schema.shape)();
        text["examples"] = json!([(schema.example)()]);
        (schema.name.to_owned(), text)
    });
    let scopes: Map<String, Value> =
        ADMIN_SCOPES.iter().map(|value| ((*value).to_owned(), json!(scope_text(value)))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Gatewright admin API",
            "version": "1",
            "description": "What `gatewright` does at the command line, over HTTP. Ask for an access token with \
                client_credentials and the scope that the operation names.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": BASE }],
        "paths": paths,
        "components": {
            "schemas": schemas.collect::<Map<String, Value>>(),
            "securitySchemes": {
                "oauth": {
                    "type": "oauth2",
                    "flows": { "clientCredentials": { "tokenUrl": format!("{issuer}/token"), "scopes": scopes } },
                },
                "bearer": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

/// Every schema.
pub(super) fn all_schemas() -> impl Iterator<Item = &'static Schema> {
    SCHEMAS.iter().chain(POLICY_SCHEMAS).chain(TRIAL_SCHEMAS).chain(RECORD_SCHEMAS)
}

fn scope_text(value: &str) -> String {
    match value.split('.').collect::<Vec<_>>().as_slice() {
        [_, resource, "read"] => format!("Reads {resource}."),
        [_, resource, "write"] => format!("Changes {resource}."),
        _ => "Everything.".to_owned(),
    }
}

fn described(operation: &Operation) -> Value {
    let mut text = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.path.split('/').nth(1).unwrap_or_default()],
        "parameters": parameters(operation),
        "responses": responses(operation),
        "security": match operation.needs {
            None => json!([]),
            Some(needs) => json!([{ "oauth": [needs.value()] }, { "bearer": [] }]),
        },
    });
    if let Some(body) = operation.body {
        let mut content = json!({ "application/json": { "schema": named(body) } });
        if operation.is_upload() {
            content[BUNDLE_TYPE] = json!({ "schema": bytes() });
        }
        text["requestBody"] = json!({ "required": true, "content": content });
        if operation.is_upload() {
            text["requestBody"]["description"] = UPLOAD_TEXT.into();
        }
    }
    text
}

/// What an upload is.
const UPLOAD_TEXT: &str = "The files of a policy folder; the shipped policies are laid below. Either as the canonical \
    bytes of a bundle: the line `gatewright bundle 1`, then for each file, in the order of the paths' bytes, the path's \
    length (4 bytes, big endian), the path, the content's length (8 bytes, big endian), the content. Or as JSON, each file in \
    base64. limits.request_body_bytes does not count: a body may be as large as the largest bundle (1000 files, 64 MiB in \
    all, and 1 MiB each but for plugins), and is read once the access token was found to allow it.";

/// The schema of a bundle's canonical bytes.
fn bytes() -> Value {
    json!({ "type": "string", "contentMediaType": BUNDLE_TYPE, "format": "binary" })
}

fn named(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let text = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
    let mut all: Vec<Value> = operation
        .path_names()
        .into_iter()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": text }))
        .collect();
    for name in operation.query_names() {
        let (mut schema, what) = query_parameter(name);
        if *name == "limit" && matches!(operation.query, Query::List | Query::Traces) {
            schema["maximum"] = LIST_MAX.into();
        }
        all.push(json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": what }));
    }
    if operation.precondition != Precondition::None {
        all.push(json!({
            "name": "If-Match", "in": "header", "required": operation.precondition == Precondition::Required,
            "schema": { "type": "string" },
            "description": "The ETag of what was read; `*` for whatever is there.",
        }));
    }
    if operation.answers == Answers::Events {
        all.push(json!({
            "name": "Last-Event-ID", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "The id of the last event that was seen.",
        }));
    }
    all
}

/// The schema of a parameter of a query, and what it is for.
fn query_parameter(name: &str) -> (Value, &'static str) {
    let text = json!({ "type": "string" });
    let moment = json!({ "type": "integer", "format": "int64" });
    match name {
        "limit" => {
            let limit = json!({ "type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": PAGE_DEFAULT });
            (limit, "Most things in the answer.")
        }
        "cursor" => (text, "`next` of the page before; none for the first page."),
        "prefix" => (text, "Only those whose username begins so, in capitals or not."),
        "username" => (text, "Only the one of that username, in capitals or not."),
        "note" => (text, "Why, for the history: one line."),
        "within_s" => {
            let seconds =
                json!({ "type": "integer", "minimum": 1, "maximum": WITHIN_S_MAX, "default": ACTIVATION_WITHIN_S });
            (seconds, "How long the bundle's tests may take, in seconds. limits.idle_timeout_s ends a longer silence.")
        }
        "user" => (text, "Only about the end-user of that username or subject."),
        "subject" => (text, "Only about that end-user."),
        "client" => (text, "Only for that client."),
        "login" => (text, "Only what came after that login."),
        "error" => (text, "Only with that error."),
        "correlation" => (text, "Only with a step of that correlation id, as the log and error pages have it."),
        "failed" => (json!({ "type": "boolean" }), "Only with an error."),
        "since_ms" => (moment, "Only from that moment on, in milliseconds since 1970."),
        "until_ms" => (moment, "Only before that moment, in milliseconds since 1970."),
        _ => (text, ""),
    }
}

fn responses(operation: &Operation) -> Map<String, Value> {
    let mut all = Map::new();
    let list = |schema: &str, next: bool| {
        let mut properties = json!({ "items": { "type": "array", "items": named(schema) } });
        if next {
            properties["next"] = json!({ "type": "string", "description": "The cursor of the next page." });
        }
        json!({ "type": "object", "required": ["items"], "properties": properties })
    };
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    let (status, content) = match operation.answers {
        Answers::Document(schema) => ("200", Some(json_of(named(schema)))),
        Answers::Created(schema) => ("201", Some(json_of(named(schema)))),
        Answers::PageOf(schema) => ("200", Some(json_of(list(schema, true)))),
        Answers::ListOf(schema) => ("200", Some(json_of(list(schema, false)))),
        Answers::Events => ("200", Some(json!({ "text/event-stream": { "schema": { "type": "string" } } }))),
        Answers::Bundle => ("200", Some(json!({ BUNDLE_TYPE: { "schema": bytes() } }))),
        // OpenAPI 3.1 has no words for a stream of documents; 3.2 calls this itemSchema.
        Answers::LinesOf(schema) => {
            ("200", Some(json!({ LINES_TYPE: { "schema": { "type": "string" }, "x-item-schema": named(schema) } })))
        }
        Answers::Done => ("204", None),
    };
    let mut good = json!({ "description": "Done." });
    if let Some(content) = content {
        good["content"] = content;
    }
    all.insert(status.to_owned(), good);
    for (status, kinds) in problems(operation) {
        let names: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.name())).collect();
        let content = json!({ PROBLEM_TYPE: { "schema": named("Problem") } });
        all.insert(status.to_string(), json!({ "description": names.join(", "), "content": content }));
    }
    all
}

/// The problems that an operation may tell, by status.
fn problems(operation: &Operation) -> BTreeMap<u16, Vec<ProblemKind>> {
    let mut kinds: Vec<ProblemKind> = ALWAYS.to_vec();
    if operation.needs.is_some() {
        kinds.extend(WITH_TOKEN);
    }
    if operation.body.is_some() {
        kinds.push(ProblemKind::WrongType);
        // What is larger than a bundle may be is told by a kind of its own.
        kinds.extend((!operation.is_upload()).then_some(ProblemKind::TooLarge));
    }
    match operation.precondition {
        Precondition::None => {}
        Precondition::Optional => kinds.push(ProblemKind::Changed),
        Precondition::Required => kinds.extend([ProblemKind::Changed, ProblemKind::NoVersion]),
    }
    if !operation.path_names().is_empty() {
        // A value that no path can carry, such as an empty one, leads nowhere.
        kinds.push(ProblemKind::NoRoute);
    }
    kinds.extend(operation.problems);
    let mut by_status: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.status().as_u16()).or_default().push(kind);
    }
    by_status
}
