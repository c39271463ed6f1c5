//! The authorization request, after the client and its redirect URI are known (RFC 6749 4.1.1, OpenID
//! Connect Core 3.1.2.1, RFC 7636 4.3).

pub mod peek;
mod read;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    acr::Acr, claims_request::ClaimsRequest, error::Refusal, locale::Locales, nonce::Nonce, params::Params,
    pkce::CodeChallenge, prompt::Prompts, response_mode::Carrier, response_mode::ResponseMode,
    response_type::ResponseType, scope::Scope, state::State, thumbprint::Thumbprint,
};

pub use peek::{client_id, peek_response_mode, peek_state, redirect_uri};

/// Longest `login_hint`, in bytes.
pub const LOGIN_HINT_MAX_BYTES: usize = 512;
/// Longest `id_token_hint`, in bytes.
pub const ID_TOKEN_HINT_MAX_BYTES: usize = 16 * 1024;
/// Longest `max_age`, in seconds: ten years, beyond which it asks for nothing.
pub const MAX_AGE_MAX_S: u64 = 10 * 366 * 24 * 60 * 60;

/// What a client asks of the authorization endpoint. Made by [`AuthorizationRequest::parse`] or read back from storage, and
/// both hold the rules that concern the request alone. `display` and unknown parameters are ignored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct AuthorizationRequest {
    /// What the client wants to get.
    pub response_type: ResponseType,
    /// How the response travels; the default of the response type where the client did not say.
    pub response_mode: ResponseMode,
    /// What the client wants to be allowed; empty where it did not say.
    pub scope: Scope,
    /// Given back unchanged.
    pub state: Option<State>,
    /// Put into the ID token unchanged.
    pub nonce: Option<Nonce>,
    /// What the code verifier must hash to; always by S256.
    pub code_challenge: Option<CodeChallenge>,
    /// Which pages the client wants shown.
    pub prompt: Prompts,
    /// How old, in seconds, the authentication may be.
    pub max_age: Option<u64>,
    /// The acrs the client would like, the most wanted first.
    pub acr_values: Vec<Acr>,
    /// Who the client believes the end-user is.
    pub login_hint: Option<String>,
    /// An ID token this server issued for the end-user before; not verified here.
    pub id_token_hint: Option<String>,
    /// The languages the end-user prefers.
    pub ui_locales: Locales,
    /// Single claims asked for by name.
    pub claims: Option<ClaimsRequest>,
    /// The key that whoever redeems the code must have (RFC 9449 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<Thumbprint>,
}

impl AuthorizationRequest {
    /// Reads every parameter but `client_id` and `redirect_uri`.
    ///
    /// # Errors
    /// The code of RFC 6749 4.1.2.1 or OpenID Connect Core 3.1.2.6 that fits; most often `invalid_request`.
    pub fn parse(params: &Params) -> Result<Self, Refusal> {
        read::refuse_unsupported(params)?;
        let response_type = read::response_type(params)?;
        let request = Self {
            response_type,
            response_mode: read::response_mode(params, response_type)?,
            scope: read::scope(params)?,
            state: params.word("state")?,
            nonce: params.word("nonce")?,
            code_challenge: read::code_challenge(params)?,
            prompt: params.word("prompt")?.unwrap_or_default(),
            max_age: read::max_age(params)?,
            acr_values: read::acr_values(params)?,
            login_hint: params.text("login_hint", LOGIN_HINT_MAX_BYTES)?,
            id_token_hint: params.text("id_token_hint", ID_TOKEN_HINT_MAX_BYTES)?,
            ui_locales: read::ui_locales(params)?,
            claims: read::claims(params)?,
            dpop_jkt: params.word("dpop_jkt")?,
        };
        request.refuse_contradictions()?;
        Ok(request)
    }

    /// The rules between parameters.
    fn refuse_contradictions(&self) -> Result<(), Refusal> {
        if self.response_type.default_mode() != ResponseMode::Query && self.response_mode.carrier() == Carrier::Query {
            // Queries end up in logs and Referer headers (Multiple Response Types 1.0, 3).
            return Err(Refusal::invalid_request(
                "No token is sent in a query; use the response_mode fragment or form_post.",
            ));
        }
        if self.response_type.issues_id_token() && self.nonce.is_none() {
            return Err(Refusal::invalid_request(
                "The parameter nonce is missing; a response_type with id_token needs one.",
            ));
        }
        Ok(())
    }
}

impl Serialize for AuthorizationRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for AuthorizationRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = Self::deserialize(deserializer)?;
        request.refuse_contradictions().map_err(serde::de::Error::custom)?;
        Ok(request)
    }
}

/// The hints name a person, so debug output only says whether they are there.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AuthorizationRequest")
            .field("response_type", &self.response_type)
            .field("response_mode", &self.response_mode)
            .field("scope", &self.scope)
            .field("state", &self.state)
            .field("nonce", &self.nonce)
            .field("code_challenge", &self.code_challenge)
            .field("prompt", &self.prompt)
            .field("max_age", &self.max_age)
            .field("acr_values", &self.acr_values)
            .field("login_hint", &self.login_hint.as_ref().map(|_| "redacted"))
            .field("id_token_hint", &self.id_token_hint.as_ref().map(|_| "redacted"))
            .field("ui_locales", &self.ui_locales)
            .field("claims", &self.claims)
            .field("dpop_jkt", &self.dpop_jkt)
            .finish()
    }
}

#[cfg(test)]
mod tests;
