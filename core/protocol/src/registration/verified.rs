//! Client metadata that holds together: defaults filled in, the rules between members held (RFC 7591 2.1 and 5,
//! OpenID Connect Dynamic Client Registration 1.0 2, RFC 8252 8.4).

use serde_json::Value;

use super::{
    access_token_format::AccessTokenFormat, answer_rules, grant_rules, key_rules, metadata::ClientMetadata,
    redirect_rules, request_rules, uri_rules,
};
use crate::{
    acr::Acr, application_type::ApplicationType, client_auth_method::ClientAuthMethod, error::Refusal,
    grant_type::GrantType, jws_algorithm::JwsAlgorithm, redirect_uri::RedirectUri, response_type::ResponseType,
    scope::Scope, subject_type::SubjectType,
};

/// What a client may be made from. Only [`ClientMetadata::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedMetadata {
    /// Where responses may go; empty only for a client that never redirects.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where browsers may go after logout.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// What it may ask the authorization endpoint for.
    pub response_types: Vec<ResponseType>,
    /// What it may present to the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// Where it runs; `web` by default.
    pub application_type: ApplicationType,
    /// How `sub` is made for it; `public` by default.
    pub subject_type: SubjectType,
    /// The host its pairwise subjects are made for. Absent for public subjects.
    pub sector: Option<String>,
    /// The document that must list its redirect URIs; still to be fetched (OpenID Connect Core 8.1).
    pub sector_identifier_uri: Option<String>,
    /// How it authenticates; `client_secret_basic` by default.
    pub token_endpoint_auth_method: ClientAuthMethod,
    /// How it signs the assertions it authenticates by; absent when it has none, or may choose.
    pub token_endpoint_auth_signing_alg: Option<JwsAlgorithm>,
    /// Its public keys.
    pub keys: Option<RegisteredKeys>,
    /// How its ID tokens are signed; `RS256` by default.
    pub id_token_signed_response_alg: JwsAlgorithm,
    /// How its userinfo answers are signed; plain JSON where absent.
    pub userinfo_signed_response_alg: Option<JwsAlgorithm>,
    /// How old, in seconds, an authentication may be when a request does not say.
    pub default_max_age: Option<u64>,
    /// Whether its ID tokens must have `auth_time`.
    pub require_auth_time: bool,
    /// The acrs it wants when a request does not say.
    pub default_acr_values: Vec<Acr>,
    /// What it may ask to be allowed; absent where it did not say.
    pub scope: Option<Scope>,
    /// What its access tokens look like; absent where it did not say.
    pub access_token_format: Option<AccessTokenFormat>,
    /// Whether its authorization requests must have a code challenge.
    pub require_pkce: bool,
    /// All members as they are registered, defaults included: what the client is told, and where the members
    /// without rules (names, logos, contacts …) are found.
    pub registered: ClientMetadata,
}

/// Where a client's public keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisteredKeys {
    /// `jwks`: here.
    Inline(Value),
    /// `jwks_uri`: to be fetched.
    Uri(String),
}

impl ClientMetadata {
    /// Holds the document against the rules between its members and fills in the defaults.
    ///
    /// # Errors
    /// `invalid_redirect_uri` when a redirect URI is not one such a client may have, `invalid_client_metadata` for all else; the
    /// description names the member.
    pub fn verify(self) -> Result<VerifiedMetadata, Refusal> {
        let registered = self;
        let application_type = registered.application_type.unwrap_or(ApplicationType::Web);
        let grants = grant_rules::resolve(&registered)?;
        redirect_rules::hold(&registered, application_type, &grants)?;
        uri_rules::hold(&registered)?;
        request_rules::hold(&registered)?;
        registered.logout.hold(&registered.redirect_uris)?;
        let keys = key_rules::resolve(&registered)?;
        answer_rules::hold(&registered, keys.method, keys.keys.as_ref())?;
        registered.binding.hold(keys.method)?;
        let subjects = redirect_rules::resolve_sector(&registered)?;
        grant_rules::refuse_unauthenticated_client_credentials(&grants, keys.method)?;
        let mut verified = VerifiedMetadata {
            redirect_uris: registered.redirect_uris.clone(),
            post_logout_redirect_uris: registered.post_logout_redirect_uris.clone(),
            response_types: grants.response_types,
            grant_types: grants.grant_types,
            application_type,
            subject_type: subjects.subject_type,
            sector: subjects.sector,
            sector_identifier_uri: registered.sector_identifier_uri.clone(),
            token_endpoint_auth_method: keys.method,
            token_endpoint_auth_signing_alg: keys.assertion_algorithm,
            keys: keys.keys,
            id_token_signed_response_alg: keys.id_token_algorithm,
            userinfo_signed_response_alg: registered.userinfo_signed_response_alg,
            default_max_age: registered.default_max_age,
            require_auth_time: registered.require_auth_time.unwrap_or(false),
            default_acr_values: registered.default_acr_values.clone(),
            scope: registered.scope.clone(),
            access_token_format: registered.access_token_format,
            require_pkce: registered.require_pkce.unwrap_or(false),
            registered,
        };
        verified.register_defaults();
        Ok(verified)
    }
}

impl VerifiedMetadata {
    /// Whether the client's secret is a key, to its assertions or to what it is told, and so must be kept readable.
    #[must_use]
    pub fn secret_is_a_key(&self) -> bool {
        answer_rules::secret_is_a_key(&self.registered, self.token_endpoint_auth_method)
    }

    /// Writes what was resolved back into the members the client is told (RFC 7591 3.2.1).
    fn register_defaults(&mut self) {
        let registered = &mut self.registered;
        registered.response_types = Some(self.response_types.clone());
        registered.grant_types = Some(self.grant_types.clone());
        registered.application_type = Some(self.application_type);
        registered.subject_type = Some(self.subject_type);
        registered.token_endpoint_auth_method = Some(self.token_endpoint_auth_method);
        registered.token_endpoint_auth_signing_alg = self.token_endpoint_auth_signing_alg;
        registered.id_token_signed_response_alg = Some(self.id_token_signed_response_alg);
        registered.require_auth_time = Some(self.require_auth_time);
        registered.require_pkce = Some(self.require_pkce);
    }
}
