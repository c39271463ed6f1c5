//! `claims`: a map of claims, or `pass()` for none.

use super::decide;
use crate::values::{describe, to_json};
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{ClaimsDecision, HookDecision};
use rhai::{Dynamic, Module};
use serde_json::Map;

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("pass", || decide(HookDecision::Claims(ClaimsDecision::default())));
}

/// Reads a map of claims.
///
/// # Errors
/// A claim that cannot be written as JSON (a secret, a form).
pub(super) fn read(returned: &Dynamic) -> Result<HookDecision, FaultKind> {
    let Ok(members) = returned.as_map_ref() else {
        return Err(FaultKind::NotAllowed { why: format!("claims are a map, not {}", describe(returned)) });
    };
    let mut claims = Map::new();
    for (name, value) in members.iter() {
        let value =
            to_json(value).map_err(|why| FaultKind::NotAllowed { why: format!("the claim `{name}`: {why}") })?;
        // A claim without a value is no claim (OpenID Connect Core 5.3.2).
        if !value.is_null() {
            claims.insert(name.to_string(), value);
        }
    }
    Ok(HookDecision::Claims(ClaimsDecision { claims }))
}
