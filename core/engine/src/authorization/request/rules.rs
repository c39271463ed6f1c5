//! What a request object must say, once its signature is right (OpenID Connect Core 6.1, RFC 9101 4 and 10.8, FAPI 2.0
//! Message Signing 5.3.1). Pure.

use crate::assertion::{SKEW_S, seconds};
use crate::authorization::names_audience;
use gatewright_domain::clock::Timestamp;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use gatewright_protocol::request_object::refused;
use serde_json::{Map, Value};

/// Longest time from `nbf` to `exp`, and the oldest `nbf`, in seconds, under FAPI.
pub const FAPI_LIFE_S_MAX: u64 = 3600;

/// How strictly a request object is judged; each adds to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Profile {
    /// What it says of itself must be right; parameters beside it count too.
    OpenIdConnect,
    /// It says who made it for whom, and it alone counts.
    Jar,
    /// It lives for an hour at most.
    Fapi,
}

/// What a request object is held against.
pub(super) struct Circumstances<'c> {
    pub client: &'c ClientId,
    pub issuer: &'c str,
    pub now: Timestamp,
}

/// Judges what a request object says of itself.
pub(super) fn judge(claims: &Map<String, Value>, profile: Profile, here: &Circumstances<'_>) -> Result<(), Refusal> {
    let client = Some(here.client.as_str());
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let stands_or_is_demanded = |name: &str| claims.contains_key(name) || profile >= Profile::Jar;
    if stands_or_is_demanded("client_id") && text("client_id") != client {
        return Err(refused("must hold the client_id of the request"));
    }
    if stands_or_is_demanded("iss") && text("iss") != client {
        return Err(refused("must have the client_id as iss"));
    }
    if stands_or_is_demanded("aud") && !names_audience(claims.get("aud"), here.issuer) {
        return Err(refused("must have the issuer as aud, or among it"));
    }
    if text("sub") == client {
        // Else what was signed to authenticate the client could be used to ask in its name.
        return Err(refused("has the client_id as sub, as a client assertion has"));
    }
    judge_times(claims, profile, here.now)
}

fn judge_times(claims: &Map<String, Value>, profile: Profile, now: Timestamp) -> Result<(), Refusal> {
    let time = |name: &str| match (claims.get(name), seconds(claims.get(name))) {
        (None, _) if profile >= Profile::Fapi && name != "iat" => Err(refused(&format!("has no {name}"))),
        (None, _) => Ok(None),
        (Some(_), None) => Err(refused(&format!("has {name} that is no time"))),
        (Some(_), time) => Ok(time),
    };
    let (exp, nbf, iat) = (time("exp")?, time("nbf")?, time("iat")?);
    if exp.is_some_and(|exp| exp <= now) {
        return Err(refused("has expired"));
    }
    if nbf.max(iat).is_some_and(|from| from > now.plus(SKEW_S)) {
        return Err(refused("has nbf or iat in the future"));
    }
    match (profile, exp, nbf) {
        (Profile::Fapi, Some(exp), Some(nbf)) if exp > nbf.plus(FAPI_LIFE_S_MAX) => {
            Err(refused("lives for more than an hour after its nbf"))
        }
        (Profile::Fapi, _, Some(nbf)) if now > nbf.plus(FAPI_LIFE_S_MAX) => {
            Err(refused("has an nbf of more than an hour ago"))
        }
        _ => Ok(()),
    }
}

/// Sees that what stands both beside a request object and in it agrees where it must (OpenID Connect Core 6.1).
pub(super) fn agree(outer: &Params, inner: &Params) -> Result<(), Refusal> {
    let words = |params: &Params| -> Result<Option<Vec<String>>, Refusal> {
        let Some(text) = params.single("response_type")? else { return Ok(None) };
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        Ok(Some(words))
    };
    match (words(outer)?, words(inner)?) {
        (Some(outer), Some(inner)) if outer != inner => {
            Err(refused("has another response_type than the request around it"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
