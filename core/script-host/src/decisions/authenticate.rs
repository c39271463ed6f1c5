//! `authenticate`: `authenticated(user)`, `authenticated(user, ["pwd"])`, `fail(reason)`, `delegate(acr)`.

use super::{Decision, acr_of, decide, register_refusal};
use crate::failure::{Thrown, refuse};
use crate::subject::subject_of;
use crate::values::to_texts;
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision};
use gatewright_protocol::amr::Amr;
use rhai::{Dynamic, ImmutableString, Module};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("authenticated", |user: Dynamic| authenticated(&user, vec![]));
    module.set_native_fn("authenticated", |user: Dynamic, amr: Dynamic| authenticated(&user, amr_of(&amr)?));
    register_refusal(module, "fail", |reason| HookDecision::Authenticate(AuthenticateDecision::Fail { reason }));
    module.set_native_fn("delegate", |acr: ImmutableString| {
        let acr = acr_of("delegate", &acr)?;
        decide(HookDecision::Authenticate(AuthenticateDecision::Delegate { acr }))
    });
}

fn authenticated(user: &Dynamic, amr: Vec<Amr>) -> Thrown<Decision> {
    let subject = subject_of("authenticated", user)?;
    decide(HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject, amr }))
}

fn amr_of(amr: &Dynamic) -> Thrown<Vec<Amr>> {
    let texts = to_texts(amr).map_err(|why| refuse(format!("authenticated: the amr {why}")))?;
    let value = |text: &String| {
        Amr::try_from(text.as_str()).map_err(|_| refuse(format!("authenticated: `{text}` is no amr value")))
    };
    texts.iter().map(value).collect()
}
