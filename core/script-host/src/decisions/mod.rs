//! What each hook may return, one hook a file: the functions that make its decisions, and how what a script
//! returned is read.

mod after_authentication;
mod authenticate;
mod claims;
mod consent;
mod customize_token;
mod select_acr;

use crate::failure::{Thrown, refuse};
use crate::modules::pages;
use crate::values::describe;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{HookDecision, HookKind, SelectAcrDecision};
use gatewright_protocol::acr::Acr;
use rhai::{Dynamic, ImmutableString, Module};

/// Longest reason, in characters; the rest is cut.
pub const REASON_CHARS_MAX: usize = 300;

/// A decision as a script holds it.
#[derive(Debug, Clone)]
pub struct Decision(pub HookDecision);

/// Puts what a hook can decide, and show, into `module`.
pub fn register(module: &mut Module, hook: HookKind) {
    register_decisions(module, hook);
    if hook.is_interactive() {
        pages::register(module);
    }
    if hook == HookKind::Consent {
        pages::register_consent_page(module);
    }
}

/// Puts what a hook can decide into `module`.
pub fn register_decisions(module: &mut Module, hook: HookKind) {
    module.set_custom_type::<Decision>("Decision");
    match hook {
        HookKind::SelectAcr => select_acr::register(module),
        HookKind::Authenticate => authenticate::register(module),
        HookKind::AfterAuthentication => after_authentication::register(module),
        HookKind::Consent => consent::register(module),
        HookKind::Claims => claims::register(module),
        HookKind::CustomizeToken => customize_token::register(module),
    }
}

/// Reads what the hook returned. Nothing but `select_acr` may return nothing.
///
/// # Errors
/// It is no decision of that hook.
pub fn read(hook: HookKind, returned: &Dynamic) -> Result<HookDecision, FaultKind> {
    if let Some(decision) = returned.read_lock::<Decision>() {
        return Ok(decision.0.clone());
    }
    match hook {
        HookKind::SelectAcr if returned.is_unit() => Ok(HookDecision::SelectAcr(SelectAcrDecision::Pass)),
        HookKind::Claims if returned.is_map() => claims::read(returned),
        HookKind::CustomizeToken => customize_token::read(returned).ok_or_else(|| wrong(hook, returned)),
        _ => Err(wrong(hook, returned)),
    }
}

fn wrong(hook: HookKind, returned: &Dynamic) -> FaultKind {
    FaultKind::WrongDecision { expected: hook.decisions(), got: describe(returned).to_owned() }
}

fn decide(decision: HookDecision) -> Thrown<Decision> {
    Ok(Decision(decision))
}

/// A function `name(reason)` that refuses.
fn register_refusal(module: &mut Module, name: &str, decision: fn(String) -> HookDecision) {
    module.set_native_fn(name, move |reason: ImmutableString| {
        decide(decision(reason.chars().take(REASON_CHARS_MAX).collect()))
    });
}

fn acr_of(function: &str, text: &str) -> Thrown<Acr> {
    Acr::try_from(text).map_err(|_| refuse(format!("{function}: `{text}` is no ACR")))
}
