//! `claims`: claims to add; none passes.

use super::{Decided, login};
use crate::bindings::exports::gatewright::plugin::claims::{Destination, Input};
use crate::bindings::gatewright::plugin::types::Claim;
use gatewright_domain::hooks::{ClaimsDecision, ClaimsDestination, ClaimsInput, HookDecision};

pub(super) fn lower(input: &ClaimsInput) -> Input {
    Input {
        destination: match input.destination {
            ClaimsDestination::IdToken => Destination::IdToken,
            ClaimsDestination::Userinfo => Destination::Userinfo,
            ClaimsDestination::Introspection => Destination::Introspection,
        },
        client: login::client(&input.client),
        user: login::user(&input.user),
        scope: input.scope.clone(),
        requested: input.requested.clone(),
        acr: input.acr.clone(),
    }
}

pub(super) fn lift(claims: Vec<Claim>) -> Decided<HookDecision> {
    let mut claims = login::claims_of(claims)?;
    // A claim without a value is no claim (OpenID Connect Core 5.3.2).
    claims.retain(|_, value| !value.is_null());
    Ok(HookDecision::Claims(ClaimsDecision { claims }))
}
