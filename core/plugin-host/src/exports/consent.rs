//! `consent`: `grant(scope, remember)`, `deny(reason)`, `built-in`.

use super::{Decided, login, reason, scope};
use crate::bindings::exports::gatewright::plugin::consent::{Decision, Input};
use gatewright_domain::hooks::{ConsentDecision, ConsentInput, HookDecision};

pub(super) fn lower(input: &ConsentInput) -> Input {
    Input {
        login: login::login(&input.login),
        user: login::user(&input.user),
        remembered: input.remembered.clone(),
        requested: input.requested.clone(),
        return_url: input.return_url.clone(),
    }
}

pub(super) fn lift(decision: Decision) -> Decided<HookDecision> {
    Ok(HookDecision::Consent(match decision {
        Decision::Grant(granted) => {
            ConsentDecision::Grant { scope: scope("grant", &granted.scope)?, remember: granted.remember }
        }
        Decision::Deny(why) => ConsentDecision::Deny { reason: reason(&why) },
        Decision::BuiltIn => ConsentDecision::BuiltIn,
    }))
}
