//! A client: a relying party that may ask for tokens (RFC 6749 2, RFC 7591 2).

use crate::clock::Timestamp;
use crate::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::subject_type::SubjectType;
use serde::{Deserialize, Serialize};

/// A registered client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// How it proves who it is; the method it registered and no other.
    pub authentication: ClientAuthentication,
    /// Its secret as [`crate::signing::Sealer`] sealed it, where the secret itself is a key: to its assertions, or to what it
    /// is told.
    #[serde(default)]
    pub sealed_secret: Option<String>,
    /// Its public keys, where it has any: they sign its assertions and request objects, and what it is told is encrypted
    /// to them.
    pub keys: Option<ClientKeys>,
    /// Where responses may go, matched exactly (RFC 9700 2.1).
    pub redirect_uris: Vec<RedirectUri>,
    /// Where the browser may go after logout (RP-Initiated Logout 2.1).
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Response types it may ask for.
    pub response_types: Vec<ResponseType>,
    /// Grants it may use at the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// Scope values it may be given; what it asks beyond them is left out.
    pub scope: Scope,
    /// Values of the admin API that it may be given for itself ([`crate::admin_scope`]): the operator's word alone.
    #[serde(default, skip_serializing_if = "Scope::is_empty")]
    pub admin_scope: Scope,
    /// Native or web (OpenID Connect Registration 2).
    pub application_type: ApplicationType,
    /// What the end-user is shown.
    pub presentation: Presentation,
    /// Public or pairwise `sub`.
    pub subject_type: SubjectType,
    /// The host that pairwise subjects are derived for (OpenID Connect Core 8.1).
    pub sector: Option<String>,
    /// How its tokens are made.
    pub tokens: TokenPreferences,
    /// What it asks of authentication when the request says nothing.
    pub authentication_defaults: AuthenticationDefaults,
    /// How its authorization requests and their responses travel.
    #[serde(default)]
    pub requests: RequestMetadata,
    /// How its tokens and answers are encrypted.
    #[serde(default)]
    pub answers: AnswerMetadata,
    /// How its tokens are bound to it.
    #[serde(default)]
    pub binding: BindingMetadata,
    /// Where it is told of logouts.
    #[serde(default)]
    pub logout: LogoutMetadata,
    /// Whether a request without PKCE is refused though the client is confidential.
    pub require_pkce: bool,
    /// Consent is not asked: the operator's own client.
    pub first_party: bool,
    /// Hash of the registration access token (RFC 7592 3), where it registered itself.
    pub registration_token: Option<TokenHash>,
    /// The metadata as registered (RFC 7591), echoed by a read (RFC 7592 2.1).
    pub registered_metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// When it was registered.
    pub issued_at: Timestamp,
}

/// What an end-user sees of a client (RFC 7591 2; URIs as registered, http or https).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presentation {
    /// `client_name`.
    pub name: Option<String>,
    /// `logo_uri`.
    pub logo_uri: Option<String>,
    /// `client_uri`.
    pub client_uri: Option<String>,
    /// `policy_uri`.
    pub policy_uri: Option<String>,
    /// `tos_uri`.
    pub tos_uri: Option<String>,
}

/// How tokens for a client are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenPreferences {
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: JwsAlgorithm,
    /// `userinfo_signed_response_alg`; a plain JSON answer where absent.
    pub userinfo_algorithm: Option<JwsAlgorithm>,
    /// JWT (RFC 9068) or opaque.
    pub access_token_format: AccessTokenFormat,
    /// Lifetime of access tokens in seconds, where it differs from the server's.
    pub access_token_lifetime_s: Option<u64>,
    /// Lifetime of refresh tokens in seconds, where it differs from the server's.
    pub refresh_token_lifetime_s: Option<u64>,
}

/// The form of a client's access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenFormat {
    /// A signed JWT (RFC 9068).
    Jwt,
    /// A random value that only this server can read.
    Opaque,
}

/// What a client asks of authentication by registration (OpenID Connect Registration 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationDefaults {
    /// `default_max_age` in seconds.
    pub max_age_s: Option<u64>,
    /// `require_auth_time`.
    pub require_auth_time: bool,
    /// `default_acr_values`.
    pub acr_values: Vec<Acr>,
}

/// How a client authenticates, with what is needed to check it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientAuthentication {
    /// A public client (RFC 6749 2.1).
    None {},
    /// `client_secret_basic`: the secret's hash.
    ClientSecretBasic {
        /// Hash of the secret.
        secret: TokenHash,
    },
    /// `client_secret_post`: the secret's hash.
    ClientSecretPost {
        /// Hash of the secret.
        secret: TokenHash,
    },
    /// `client_secret_jwt`: the secret itself is the key ([`Client::sealed_secret`]).
    ClientSecretJwt {},
    /// `private_key_jwt`: a signature by one of the client's keys.
    PrivateKeyJwt {
        /// `token_endpoint_auth_signing_alg`; any asymmetric one where absent.
        algorithm: Option<JwsAlgorithm>,
    },
    /// `tls_client_auth`: a certificate of the name that [`Client::binding`] says (RFC 8705 2.1).
    TlsClientAuth {},
    /// `self_signed_tls_client_auth`: a certificate with one of the client's keys (RFC 8705 2.2).
    SelfSignedTlsClientAuth {},
}

/// A client's public keys (RFC 7591 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// `jwks`, as registered.
    Inline(serde_json::Value),
    /// `jwks_uri`, fetched when needed.
    Uri(String),
}

impl ClientAuthentication {
    /// The method's registered name.
    pub fn method(&self) -> ClientAuthMethod {
        match self {
            Self::None {} => ClientAuthMethod::None,
            Self::ClientSecretBasic { .. } => ClientAuthMethod::ClientSecretBasic,
            Self::ClientSecretPost { .. } => ClientAuthMethod::ClientSecretPost,
            Self::ClientSecretJwt { .. } => ClientAuthMethod::ClientSecretJwt,
            Self::PrivateKeyJwt { .. } => ClientAuthMethod::PrivateKeyJwt,
            Self::TlsClientAuth {} => ClientAuthMethod::TlsClientAuth,
            Self::SelfSignedTlsClientAuth {} => ClientAuthMethod::SelfSignedTlsClientAuth,
        }
    }
}

impl Client {
    /// Whether it cannot keep a secret (RFC 6749 2.1).
    pub fn is_public(&self) -> bool {
        matches!(self.authentication, ClientAuthentication::None {})
    }

    /// What to call it on a page.
    pub fn display_name(&self) -> &str {
        self.presentation.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// Where a browser that `iss` sends begins to sign in at it (OpenID Connect Core 4), if it registered that.
    pub fn initiate_login_uri(&self, iss: &str) -> Option<String> {
        let registered = self.registered_metadata.as_ref()?.get("initiate_login_uri")?.as_str()?;
        let uri = RedirectUri::try_from(registered).ok().filter(|uri| uri.scheme() == "https")?;
        Some(uri.append_query(&[("iss", iss)]))
    }

    /// The registered redirect URI that `presented` matches, as presented (loopback ports may differ,
    /// RFC 8252 7.3).
    pub fn redirect_uri(&self, presented: &str) -> Option<RedirectUri> {
        matched(&self.redirect_uris, presented)
    }

    /// The registered post-logout redirect URI that `presented` matches.
    pub fn post_logout_redirect_uri(&self, presented: &str) -> Option<RedirectUri> {
        matched(&self.post_logout_redirect_uris, presented)
    }
}

fn matched(registered: &[RedirectUri], presented: &str) -> Option<RedirectUri> {
    let known = registered.iter().any(|uri| uri.matches_registered(presented));
    if known { RedirectUri::try_from(presented).ok() } else { None }
}
