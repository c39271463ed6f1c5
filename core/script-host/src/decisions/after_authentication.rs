//! `after_authentication`: `proceed()`, `step_up(acr)`, `ask_consent()`, `deny(reason)`.

use super::{acr_of, decide, register_refusal};
use gatewright_domain::hooks::{AfterAuthenticationDecision, HookDecision};
use rhai::{ImmutableString, Module};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("proceed", || decide(HookDecision::AfterAuthentication(AfterAuthenticationDecision::Proceed)));
    module.set_native_fn("ask_consent", || {
        decide(HookDecision::AfterAuthentication(AfterAuthenticationDecision::AskConsent))
    });
    module.set_native_fn("step_up", |acr: ImmutableString| {
        let acr = acr_of("step_up", &acr)?;
        decide(HookDecision::AfterAuthentication(AfterAuthenticationDecision::StepUp { acr }))
    });
    register_refusal(module, "deny", |reason| {
        HookDecision::AfterAuthentication(AfterAuthenticationDecision::Deny { reason })
    });
}
