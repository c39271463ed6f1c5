//! `select_acr`: `use(acrs)`, `pass`, `deny(reason)`.

use super::{Decided, acr, login, not_allowed, reason};
use crate::bindings::exports::gatewright::plugin::select_acr::{AvailableAcr, Decision, Input};
use gatewright_domain::hooks::{HookDecision, SelectAcrDecision, SelectAcrInput};

pub(super) fn lower(input: &SelectAcrInput) -> Input {
    let available = input.available.iter().map(|view| AvailableAcr { acr: view.acr.clone(), level: view.level });
    Input { login: login::login(&input.login), available: available.collect() }
}

pub(super) fn lift(decision: Decision) -> Decided<HookDecision> {
    Ok(HookDecision::SelectAcr(match decision {
        Decision::Use(acrs) if acrs.is_empty() => {
            return Err(not_allowed("use: it names no ACR; `pass` leaves the choice to others"));
        }
        Decision::Use(acrs) => {
            SelectAcrDecision::Use(acrs.iter().map(|text| acr("use", text)).collect::<Result<_, _>>()?)
        }
        Decision::Pass => SelectAcrDecision::Pass,
        Decision::Deny(why) => SelectAcrDecision::Deny { reason: reason(&why) },
    }))
}
