//! `after_authentication`: `proceed`, `ask-consent`, `step-up(acr)`, `deny(reason)`.

use super::{Decided, acr, login, reason};
use crate::bindings::exports::gatewright::plugin::after_authentication::{Decision, Input};
use gatewright_domain::hooks::{AfterAuthenticationDecision, AfterAuthenticationInput, HookDecision};

pub(super) fn lower(input: &AfterAuthenticationInput) -> Input {
    Input { login: login::login(&input.login), user: login::user(&input.user), fresh: input.fresh }
}

pub(super) fn lift(decision: Decision) -> Decided<HookDecision> {
    Ok(HookDecision::AfterAuthentication(match decision {
        Decision::Proceed => AfterAuthenticationDecision::Proceed,
        Decision::AskConsent => AfterAuthenticationDecision::AskConsent,
        Decision::StepUp(to) => AfterAuthenticationDecision::StepUp { acr: acr("step-up", &to)? },
        Decision::Deny(why) => AfterAuthenticationDecision::Deny { reason: reason(&why) },
    }))
}
