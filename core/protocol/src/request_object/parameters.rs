//! From the claims of a request object to parameters (OpenID Connect Core 6.1, RFC 9101 4).

use serde_json::{Map, Value};

use super::refused;
use crate::{
    error::Refusal,
    params::{PARAM_NAME_MAX_BYTES, Params, ParamsError},
};

/// Claims that speak of the JWT and are no parameters (RFC 7519 4.1).
const OF_THE_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/// Parameters that would lead from one request object to the next (RFC 9101 4).
const LEADING_ON: [&str; 2] = ["request", "request_uri"];
/// Parameters that are JSON by themselves.
const JSON: [&str; 3] = ["claims", "authorization_details", "registration"];
/// The parameter that may be repeated: as an array (RFC 8707 2).
const REPEATED: &str = "resource";
/// Parameters that are text, or a number that is written as one. What is not known may be anything: it is ignored.
const TEXT: [&str; 18] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "ui_locales",
    "claims_locales",
    "display",
    "dpop_jkt",
];

/// The parameters that a request object holds.
///
/// # Errors
/// `invalid_request_object` when it holds another request object or the place of one, a parameter of the wrong type, or more
/// than fits into parameters.
pub fn parameters(claims: &Map<String, Value>) -> Result<Params, Refusal> {
    let mut pairs: Vec<(&str, String)> = Vec::with_capacity(claims.len());
    for (name, value) in claims {
        let name = name.as_str();
        if LEADING_ON.contains(&name) {
            return Err(refused(&format!("holds the parameter {name}, which belongs beside it")));
        }
        if OF_THE_JWT.contains(&name) || name.len() > PARAM_NAME_MAX_BYTES {
            continue;
        }
        match value {
            Value::String(text) => pairs.push((name, text.clone())),
            Value::Number(number) => pairs.push((name, number.to_string())),
            Value::Object(_) | Value::Array(_) if JSON.contains(&name) => pairs.push((name, value.to_string())),
            Value::Array(entries) if name == REPEATED => pairs.extend(repeated(entries)?),
            _ if TEXT.contains(&name) => return Err(refused(&format!("has a {name} that is no text"))),
            _ => {}
        }
    }
    from_pairs(pairs.into_iter().map(|(name, text)| (name.to_owned(), text)))
}

fn repeated(entries: &[Value]) -> Result<Vec<(&'static str, String)>, Refusal> {
    let texts = entries.iter().map(|entry| entry.as_str().map(|text| (REPEATED, text.to_owned())));
    texts.collect::<Option<_>>().ok_or_else(|| refused("has a resource that is no text"))
}

/// Parameters with those of a request object over them: what stands in both is the request object's (OpenID Connect
/// Core 6.1). The parameters that brought it are left out.
///
/// # Errors
/// `invalid_request_object` when it is more than fits into parameters.
pub fn overlaid(outer: &Params, inner: &Params) -> Result<Params, Refusal> {
    let stands_inside = |name: &str| inner.iter().any(|(known, _)| known == name);
    let kept = outer.iter().filter(|(name, _)| !LEADING_ON.contains(name) && !stands_inside(name));
    from_pairs(kept.chain(inner.iter()).map(|(name, text)| (name.to_owned(), text.to_owned())))
}

fn from_pairs(pairs: impl Iterator<Item = (String, String)>) -> Result<Params, Refusal> {
    Params::from_pairs(pairs).map_err(|error: ParamsError| refused(&format!("cannot be read: {error}")))
}
