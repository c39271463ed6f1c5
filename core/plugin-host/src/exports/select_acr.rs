//! `select_acr`: `use(acrs)`, `pass`, `deny(reason)`.

use super::{Decided, acr, login, not_allowed, reason};
use crate::bindings::exports::gatewright::plugin::select_acr::{AvailableAcr, Decision, Input};
use gatewright_domain::hooks::{HookDecision, SelectAcrDecision, SelectAcrInput};
use gatewright_protocol::acr::Acr;

pub(super) fn lower(input: &SelectAcrInput) -> Input {
    let available = input.available.iter().map(|view| AvailableAcr {
        acr: view.acr.clone(),
        level: view.level,
        enrolled: view.enrolled,
    });
    Input { login: login::login(&input.login), available: available.collect() }
}

pub(super) fn lift(decision: Decision) -> Decided<HookDecision> {
    Ok(HookDecision::SelectAcr(match decision {
        Decision::Use(acrs) => SelectAcrDecision::Use(named("use", &acrs)?),
        Decision::Enrol(acrs) => SelectAcrDecision::Enrol(named("enrol", &acrs)?),
        Decision::Pass => SelectAcrDecision::Pass,
        Decision::Deny(why) => SelectAcrDecision::Deny { reason: reason(&why) },
    }))
}

fn named(decision: &str, acrs: &[String]) -> Decided<Vec<Acr>> {
    if acrs.is_empty() {
        return Err(not_allowed(format!("{decision}: it names no ACR; `pass` leaves the choice to others")));
    }
    acrs.iter().map(|text| acr(decision, text)).collect()
}
