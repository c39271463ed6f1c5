//! Aggregated and distributed claims (OpenID Connect Core 5.6.2): what a binding says of claims that another issuer
//! vouches for.

use gatewright_domain::flow::FaultKind;
use gatewright_protocol::claims::is_protected;
use serde_json::{Map, Value};

/// Which source has which claim.
pub(super) const CLAIM_NAMES: &str = "_claim_names";
/// The sources: a JWT, or where to ask for one.
pub(super) const CLAIM_SOURCES: &str = "_claim_sources";

/// Puts `added` among what other bindings said. Sources come together; all else is the last one's.
pub(super) fn merge(merged: &mut Map<String, Value>, added: Map<String, Value>) {
    for (name, value) in added {
        match (merged.get_mut(&name), value) {
            (Some(Value::Object(there)), Value::Object(more)) if is_about_sources(&name) => there.extend(more),
            (_, value) => {
                merged.insert(name, value);
            }
        }
    }
}

/// Whether a claim only says where others are.
pub(super) fn is_about_sources(name: &str) -> bool {
    name == CLAIM_NAMES || name == CLAIM_SOURCES
}

/// Holds what a binding says of sources: each has a JWT or an endpoint, each named claim has its source, and none of them
/// is one of the server's own.
///
/// # Errors
/// What is wrong, for the policy's author.
pub(super) fn hold(claims: &Map<String, Value>) -> Result<(), FaultKind> {
    let wrong = |why: String| Err(FaultKind::NotAllowed { why });
    let (names, sources) = match (claims.get(CLAIM_NAMES), claims.get(CLAIM_SOURCES)) {
        (None, None) => return Ok(()),
        (Some(Value::Object(names)), Some(Value::Object(sources))) => (names, sources),
        _ => return wrong(format!("`{CLAIM_NAMES}` and `{CLAIM_SOURCES}` come together, and both are maps")),
    };
    for (name, source) in names {
        if is_protected(name) || is_about_sources(name) {
            return wrong(format!("the claim `{name}` has no source but this server"));
        }
        if !source.as_str().is_some_and(|source| sources.contains_key(source)) {
            return wrong(format!("the source of the claim `{name}` is not among `{CLAIM_SOURCES}`"));
        }
    }
    match sources.iter().find(|(_, source)| !is_source(source)) {
        Some((name, _)) => wrong(format!("the source `{name}` has neither a `JWT` nor an `endpoint` with https")),
        None => Ok(()),
    }
}

fn is_source(source: &Value) -> bool {
    let text = |name: &str| source.get(name).and_then(Value::as_str);
    let aggregated = text("JWT").is_some_and(|jwt| jwt.split('.').filter(|part| !part.is_empty()).count() == 3);
    aggregated || text("endpoint").is_some_and(|endpoint| endpoint.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_claim_of_another_issuer_has_a_source() {
        let sources = json!({ "bank": { "JWT": "a.b.c" }, "shop": { "endpoint": "https://shop.example/claims" } });
        for (names, sources, fits) in [
            (json!({ "iban": "bank", "size": "shop" }), sources.clone(), true),
            (json!({ "iban": "none" }), sources.clone(), false),
            (json!({ "iban": 7 }), sources.clone(), false),
            (json!({ "sub": "bank" }), sources.clone(), false),
            (json!({ "_claim_names": "bank" }), sources.clone(), false),
            (json!({}), json!({ "bank": { "JWT": "a.b" } }), false),
            (json!({}), json!({ "bank": { "endpoint": "http://shop.example" } }), false),
            (json!({}), json!({ "bank": "a.b.c" }), false),
            (json!("bank"), sources, false),
        ] {
            let claims = map(json!({ "_claim_names": names, "_claim_sources": sources }));
            assert_eq!(hold(&claims).is_ok(), fits, "{claims:?}");
        }
        assert!(hold(&map(json!({ "_claim_names": {} }))).is_err(), "one without the other");
        assert!(hold(&map(json!({ "name": "n" }))).is_ok());
    }

    #[test]
    fn sources_of_several_bindings_come_together() {
        let mut merged = map(json!({ "_claim_names": { "a": "x" }, "roles": { "a": 1 } }));
        merge(&mut merged, map(json!({ "_claim_names": { "b": "y" }, "roles": { "b": 2 } })));
        assert_eq!(Value::Object(merged), json!({ "_claim_names": { "a": "x", "b": "y" }, "roles": { "b": 2 } }));
    }
}
