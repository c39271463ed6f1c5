//! `select_acr`: `use_acr("otp")`, `use_acr(["a", "b"])`, `enrol_acr("otp")`, `pass()`, `deny(reason)`.

use super::{acr_of, decide, register_refusal};
use crate::failure::{Thrown, refuse};
use crate::values::to_texts;
use gatewright_domain::hooks::{HookDecision, SelectAcrDecision};
use gatewright_protocol::acr::Acr;
use rhai::{Dynamic, Module};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("use_acr", |acrs: Dynamic| {
        let acrs = acrs_of("use_acr", &acrs)?;
        decide(HookDecision::SelectAcr(SelectAcrDecision::Use(acrs)))
    });
    module.set_native_fn("enrol_acr", |acrs: Dynamic| {
        let acrs = acrs_of("enrol_acr", &acrs)?;
        decide(HookDecision::SelectAcr(SelectAcrDecision::Enrol(acrs)))
    });
    module.set_native_fn("pass", || decide(HookDecision::SelectAcr(SelectAcrDecision::Pass)));
    register_refusal(module, "deny", |reason| HookDecision::SelectAcr(SelectAcrDecision::Deny { reason }));
}

fn acrs_of(decision: &str, acrs: &Dynamic) -> Thrown<Vec<Acr>> {
    let texts = to_texts(acrs).map_err(|why| refuse(format!("{decision} {why}")))?;
    if texts.is_empty() {
        return Err(refuse(format!("{decision} needs at least one ACR; pass() leaves the choice to others")));
    }
    texts.iter().map(|text| acr_of(decision, text)).collect()
}
