//! `consent`: `grant(scopes)`, `grant(scopes).forget()`, `grant_once(scopes)`, `built_in()`, `deny(reason)`.

use super::{Decision, decide, register_refusal};
use crate::failure::{Thrown, refuse};
use crate::modules::pages::scope_of;
use gatewright_domain::hooks::{ConsentDecision, HookDecision};
use rhai::{Dynamic, Module};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("grant", |scopes: Dynamic| grant("grant", &scopes, true));
    module.set_native_fn("grant_once", |scopes: Dynamic| grant("grant_once", &scopes, false));
    module.set_native_fn("forget", |decision: &mut Decision| match &mut decision.0 {
        HookDecision::Consent(ConsentDecision::Grant { remember, .. }) => {
            *remember = false;
            Ok(decision.clone())
        }
        _ => Err(refuse("only grant(…) can be forgotten")),
    });
    module.set_native_fn("built_in", || decide(HookDecision::Consent(ConsentDecision::BuiltIn)));
    register_refusal(module, "deny", |reason| HookDecision::Consent(ConsentDecision::Deny { reason }));
}

fn grant(function: &str, scopes: &Dynamic, remember: bool) -> Thrown<Decision> {
    let scope = scope_of(function, scopes)?;
    decide(HookDecision::Consent(ConsentDecision::Grant { scope, remember }))
}
