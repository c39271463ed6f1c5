//! `authenticate`: `authenticated(subject, amr)`, `fail(reason)`, `delegate(acr)`.

use super::{Decided, acr, login, not_allowed, reason};
use crate::bindings::exports::gatewright::plugin::authentication::{self as wit, Authenticated, Decision, Input};
use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput, Enrolment, HookDecision};
use gatewright_domain::identifiers::Subject;
use gatewright_protocol::amr::Amr;

pub(super) fn lower(input: &AuthenticateInput) -> Input {
    Input {
        login: login::login(&input.login),
        acr: input.acr.clone(),
        user: input.user.as_ref().map(login::user),
        proven: input.proven.clone(),
        enrolment: match input.enrolment {
            Enrolment::Closed => wit::Enrolment::Closed,
            Enrolment::Open => wit::Enrolment::Open,
            Enrolment::Demanded => wit::Enrolment::Demanded,
        },
        return_url: input.return_url.clone(),
    }
}

pub(super) fn lift(decision: Decision) -> Decided<HookDecision> {
    Ok(HookDecision::Authenticate(match decision {
        Decision::Authenticated(Authenticated { subject, amr }) => {
            let subject = Subject::parse(subject).map_err(|error| not_allowed(format!("authenticated: {error}")))?;
            let value = |text: &String| {
                Amr::try_from(text.as_str())
                    .map_err(|_| not_allowed(format!("authenticated: `{}` is no amr value", reason(text))))
            };
            AuthenticateDecision::Authenticated { subject, amr: amr.iter().map(value).collect::<Result<_, _>>()? }
        }
        Decision::Fail(why) => AuthenticateDecision::Fail { reason: reason(&why) },
        Decision::Delegate(to) => AuthenticateDecision::Delegate { acr: acr("delegate", &to)? },
    }))
}
