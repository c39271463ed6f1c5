//! What can be learned of an authorization request before it is parsed as a whole: who asks, where the
//! answer would go, and how an error answer must travel (RFC 6749 4.1.2.1).

use crate::{client_id::ClientId, error::Refusal, params::Params, response_mode::ResponseMode, state::State};

/// The client that asks.
///
/// # Errors
/// `invalid_request` when `client_id` is missing, repeated or malformed.
pub fn client_id(params: &Params) -> Result<ClientId, Refusal> {
    let text = params.required("client_id")?;
    ClientId::try_from(text).map_err(|malformed| Refusal::invalid_request(malformed.to_string()))
}

/// The `redirect_uri` as presented; it is matched against the registered ones, never parsed on its own.
///
/// # Errors
/// `invalid_request` when it is repeated.
pub fn redirect_uri(params: &Params) -> Result<Option<String>, Refusal> {
    Ok(params.single("redirect_uri")?.map(str::to_owned))
}

/// The `state` an error response must give back: none when it is repeated or malformed itself.
#[must_use]
pub fn peek_state(params: &Params) -> Option<State> {
    State::try_from(params.single("state").ok()??).ok()
}

/// The mode an error response must use: the one asked for where it can be read and is allowed, else the default of
/// the response type, which need not be one this server offers (Multiple Response Types 1.0, 2.1 and 5).
#[must_use]
pub fn peek_response_mode(params: &Params) -> ResponseMode {
    let front_channel =
        params.all("response_type").any(|text| text.split(' ').any(|word| matches!(word, "id_token" | "token")));
    let asked = params.single("response_mode").ok().flatten();
    match asked.and_then(|text| ResponseMode::try_from(text).ok()) {
        Some(ResponseMode::Jwt | ResponseMode::QueryJwt) if front_channel => ResponseMode::FragmentJwt,
        Some(ResponseMode::Jwt) => ResponseMode::QueryJwt,
        Some(mode) if !(front_channel && mode == ResponseMode::Query) => mode,
        _ if front_channel => ResponseMode::Fragment,
        _ => ResponseMode::Query,
    }
}
