//! `customize_token`: `change(claims, lifetime, audience, scope)`, `deny(reason)`.

use super::{Decided, login, not_allowed, reason, scope};
use crate::bindings::exports::gatewright::plugin::customize_token::{Changes, Decision, Input, TokenKind as Kind};
use gatewright_domain::hooks::{
    CustomizeTokenDecision, CustomizeTokenInput, HookDecision, LIFETIME_S_MAX, TokenChanges, TokenKind,
};

pub(super) fn lower(input: &CustomizeTokenInput) -> Input {
    Input {
        kind: match input.kind {
            TokenKind::Access => Kind::Access,
            TokenKind::Id => Kind::Id,
            TokenKind::Refresh => Kind::Refresh,
        },
        client: login::client(&input.client),
        user: input.user.as_ref().map(login::user),
        grant_type: input.grant_type.clone(),
        scope: input.scope.clone(),
        audience: input.audience.clone(),
        lifetime_s: input.lifetime_s,
        claims: login::claims(&input.claims),
        acr: input.acr.clone(),
    }
}

pub(super) fn lift(decision: Decision) -> Decided<HookDecision> {
    Ok(HookDecision::CustomizeToken(match decision {
        Decision::Change(changes) => CustomizeTokenDecision::Change(change(changes)?),
        Decision::Deny(why) => CustomizeTokenDecision::Deny { reason: reason(&why) },
    }))
}

fn change(changes: Changes) -> Decided<TokenChanges> {
    let Changes { claims, lifetime_s, audience, scope: fewer } = changes;
    if let Some(seconds) = lifetime_s
        && !(1..=LIFETIME_S_MAX).contains(&seconds)
    {
        return Err(not_allowed(format!("a token lives 1 to {LIFETIME_S_MAX} seconds, not {seconds}")));
    }
    if audience.as_ref().is_some_and(Vec::is_empty) {
        return Err(not_allowed("the audience needs at least one value"));
    }
    Ok(TokenChanges {
        claims: login::claims_of(claims)?,
        lifetime_s,
        audience,
        scope: fewer.map(|values| scope("scope", &values)).transpose()?,
    })
}
