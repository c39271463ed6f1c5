//! What a resolved request must hold to be begun: one rule a file, in the order of this table.
//!
//! | rule | file | refusal |
//! |---|---|---|
//! | pushed, or signed, where it must be | `source` | `invalid_request` |
//! | the parameters can be read | `gatewright_protocol::authorization` | `invalid_request`, `registration_not_supported`, … |
//! | the key of its code is the one it was pushed with | `key` | `invalid_dpop_proof` |
//! | what its security profile asks | `profile` | `unauthorized_client`, `invalid_request` |
//! | the server has this response type, and the client may use it | `response_type` | `unsupported_response_type`, `unauthorized_client` |
//! | PKCE where it is required | `pkce` | `invalid_request` |
//! | scope down to what the client may have | `scope` | `invalid_scope` |

mod key;
mod pkce;
mod profile;
mod response_type;
mod scope;
mod source;

use super::request::parameters::{RequestParameters, Source};
use super::resolve::ResolvedRequest;
use crate::settings::{STANDARD_SCOPES, Settings};
use gatewright_domain::admin_scope::is_reserved;
use gatewright_domain::client::Client;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::authorization::AuthorizationRequest;
use gatewright_protocol::claims_request::ClaimRequest;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

/// A request that may be walked. Only [`admit`] makes one; stored, it is what [`admit`] made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdmittedRequest {
    client_id: ClientId,
    redirect_uri: RedirectUri,
    scope: Scope,
    max_age_s: Option<u64>,
    asked: AuthorizationRequest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pushed: Option<TokenHash>,
}

/// What admission needs to know beside the request.
#[derive(Debug)]
pub struct Admission<'s> {
    /// The server's settings.
    pub settings: &'s Settings,
    /// Scope values that the policy's claims bindings serve.
    pub served_scopes: &'s [String],
}

impl Admission<'_> {
    /// Whether this server knows the scope value: a standard one, the operator's, or the policy's. Those of the admin API
    /// are neither, whoever names them so.
    pub fn knows(&self, value: &str) -> bool {
        let is_named = STANDARD_SCOPES.contains(&value)
            || self.settings.scopes.contains_key(value)
            || self.served_scopes.iter().any(|served| served == value);
        is_named && !is_reserved(value)
    }
}

/// Admits a resolved request.
///
/// # Errors
/// The first rule of the table that it breaks; the refusal goes to the verified redirect URI.
pub fn admit(
    parameters: &RequestParameters<'_>,
    resolved: &ResolvedRequest,
    admission: &Admission<'_>,
) -> Result<AdmittedRequest, Refusal> {
    let client: &Client = resolved.client();
    source::admit(client, parameters, admission)?;
    let mut asked = parameters.parse()?;
    asked.dpop_jkt = key::admit(asked.dpop_jkt, parameters.source())?;
    profile::admit(client, &asked, admission, parameters.source())?;
    response_type::admit(client, asked.response_type, admission.settings)?;
    pkce::admit(client, &asked, admission)?;
    let scope = scope::admit(client, &asked, admission)?;
    let max_age_s = asked.max_age.or(client.authentication_defaults.max_age_s);
    let redirect_uri = resolved.redirect_uri().clone();
    let pushed = match parameters.source() {
        Source::Pushed { hash, .. } => Some(hash.clone()),
        Source::Browser | Source::Server => None,
    };
    Ok(AdmittedRequest { client_id: client.id.clone(), redirect_uri, scope, max_age_s, asked, pushed })
}

/// Holds an admitted request against what the client may ask by now.
///
/// # Errors
/// The response type is no longer one that it registered.
pub(super) fn admit_again(client: &Client, request: &AdmittedRequest, settings: &Settings) -> Result<(), Refusal> {
    response_type::admit(client, request.asked.response_type, settings)
}

impl AdmittedRequest {
    /// Who asks.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Where the response goes: verified.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// What may be granted: what was asked for, less what the client may not have.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `max_age` of the request, else the client's default, in seconds.
    pub fn max_age_s(&self) -> Option<u64> {
        self.max_age_s
    }

    /// What an `acr` claim asked for as essential accepts (OpenID Connect Core 5.5.1.1).
    pub fn essential_acr(&self) -> Option<&ClaimRequest> {
        self.asked.claims.as_ref()?.id_token.get("acr").filter(|asked| asked.essential)
    }

    /// The pushed request that it was: used up when it completes (RFC 9126 7.3).
    pub fn pushed(&self) -> Option<&TokenHash> {
        self.pushed.as_ref()
    }

    /// The parameters as asked.
    pub fn asked(&self) -> &AuthorizationRequest {
        &self.asked
    }
}
