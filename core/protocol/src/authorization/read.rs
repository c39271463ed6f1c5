//! How each parameter of the authorization request is read, and the error code when it cannot be.

use super::MAX_AGE_MAX_S;
use crate::{
    acr::{Acr, parse_acr_values},
    claims_request::ClaimsRequest,
    error::{ErrorCode, Refusal},
    locale::Locales,
    malformed::Malformed,
    params::Params,
    pkce::{CODE_CHALLENGE_METHOD, CodeChallenge},
    response_mode::ResponseMode,
    response_type::ResponseType,
    scope::Scope,
};

/// Parameters that would change the meaning of all others: ignoring them would be wrong (OpenID Connect Core 3.1.2.6).
pub(super) fn refuse_unsupported(params: &Params) -> Result<(), Refusal> {
    let unsupported = [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ];
    for (name, code) in unsupported {
        if params.all(name).next().is_some() {
            return Err(code.refusal());
        }
    }
    Ok(())
}

pub(super) fn response_type(params: &Params) -> Result<ResponseType, Refusal> {
    let text = params.required("response_type")?;
    text.parse().map_err(|unknown: Malformed| unknown.refuse(ErrorCode::UnsupportedResponseType))
}

pub(super) fn response_mode(params: &Params, response_type: ResponseType) -> Result<ResponseMode, Refusal> {
    let asked: Option<ResponseMode> = params.word("response_mode")?;
    Ok(asked.unwrap_or(response_type.default_mode()).resolved(response_type))
}

pub(super) fn scope(params: &Params) -> Result<Scope, Refusal> {
    let text = params.single("scope")?.unwrap_or_default();
    Scope::parse(text).map_err(|malformed| malformed.refuse(ErrorCode::InvalidScope))
}

/// The challenge, by S256. Without a method RFC 7636 4.3 means `plain`, which this server does not take.
pub(super) fn code_challenge(params: &Params) -> Result<Option<CodeChallenge>, Refusal> {
    let challenge = params.word::<CodeChallenge>("code_challenge")?;
    match (&challenge, params.single("code_challenge_method")?) {
        (None, None) | (Some(_), Some(CODE_CHALLENGE_METHOD)) => Ok(challenge),
        (Some(_), _) => {
            Err(Refusal::invalid_request("The code_challenge_method must be S256; it means plain when it is left out."))
        }
        (None, Some(_)) => Err(Refusal::invalid_request("There is a code_challenge_method but no code_challenge.")),
    }
}

pub(super) fn max_age(params: &Params) -> Result<Option<u64>, Refusal> {
    let Some(text) = params.single("max_age")? else {
        return Ok(None);
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::invalid_request("The max_age must be a number of seconds."));
    }
    // Only a number too large for the type is left to fail here, and that one asks for nothing.
    Ok(Some(text.parse().unwrap_or(MAX_AGE_MAX_S).min(MAX_AGE_MAX_S)))
}

pub(super) fn acr_values(params: &Params) -> Result<Vec<Acr>, Refusal> {
    let text = params.single("acr_values")?.unwrap_or_default();
    parse_acr_values(text).map_err(|malformed| malformed.refuse(ErrorCode::InvalidRequest))
}

/// The claims asked for by name, and the languages that all claims are wanted in.
pub(super) fn claims(params: &Params) -> Result<Option<ClaimsRequest>, Refusal> {
    let asked: Option<ClaimsRequest> = params.word("claims")?;
    let locales = params.single("claims_locales")?.map(Locales::parse).unwrap_or_default();
    if locales.is_empty() {
        return Ok(asked);
    }
    Ok(Some(ClaimsRequest { locales, ..asked.unwrap_or_default() }))
}

pub(super) fn ui_locales(params: &Params) -> Result<Locales, Refusal> {
    Ok(params.single("ui_locales")?.map(Locales::parse).unwrap_or_default())
}
