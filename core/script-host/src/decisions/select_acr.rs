//! `select_acr`: `use_acr("otp")`, `use_acr(["a", "b"])`, `pass()`, `deny(reason)`.

use super::{acr_of, decide, register_refusal};
use crate::failure::refuse;
use crate::values::to_texts;
use gatewright_domain::hooks::{HookDecision, SelectAcrDecision};
use rhai::{Dynamic, Module};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("use_acr", |acrs: Dynamic| {
        let texts = to_texts(&acrs).map_err(|why| refuse(format!("use_acr {why}")))?;
        if texts.is_empty() {
            return Err(refuse("use_acr needs at least one ACR; pass() leaves the choice to others"));
        }
        let acrs = texts.iter().map(|text| acr_of("use_acr", text)).collect::<Result<_, _>>()?;
        decide(HookDecision::SelectAcr(SelectAcrDecision::Use(acrs)))
    });
    module.set_native_fn("pass", || decide(HookDecision::SelectAcr(SelectAcrDecision::Pass)));
    register_refusal(module, "deny", |reason| HookDecision::SelectAcr(SelectAcrDecision::Deny { reason }));
}
