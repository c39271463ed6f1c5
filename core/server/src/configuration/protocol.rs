//! `[protocol]`: how strict the server is, and what its tokens look like.

use gatewright_domain::client::AccessTokenFormat;
use gatewright_protocol::security_profile::SecurityProfile;
use serde::{Deserialize, Serialize};

/// How strict the server is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// PKCE is required of confidential clients too (RFC 9700 2.1.1); of public ones it always is.
    pub require_pkce: bool,
    /// Every authorization request must be pushed (RFC 9126).
    pub require_pushed_authorization_requests: bool,
    /// Every authorization request must come in a request object that the client signed (RFC 9101).
    pub require_signed_request_object: bool,
    /// Request objects that are not signed are taken of clients that registered no algorithm (OpenID Connect Core 6.1).
    pub unsigned_request_objects: bool,
    /// Request objects are held to FAPI 2.0 Message Signing: signed, not by RS256, with `nbf` and `exp` within an hour.
    pub fapi_request_objects: bool,
    /// A client with the refresh_token grant gets a refresh token though `offline_access` was not asked for.
    pub refresh_without_offline_access: bool,
    /// Access token format of clients that name none: a JWT that an API can read by itself (RFC 9068), or opaque
    /// (RFC 7662).
    #[serde(with = "token_format")]
    pub access_token_format: AccessTokenFormat,
    /// The response type `id_token` is there (OpenID Connect Core 3.2): for clients that know nothing else.
    pub implicit: bool,
    /// Response types that bring an access token through the browser are there, against RFC 9700 2.1.2: for clients that
    /// know nothing else.
    pub front_channel_access_tokens: bool,
    /// An http issuer is taken though its host is not this machine: everything then travels in clear.
    pub allow_http_issuer: bool,
    /// The security profile that every client is held to; none where only some are, by their own registration.
    pub profile: Option<SecurityProfile>,
    /// DPoP proofs must have a nonce of this server (RFC 9449 8).
    pub dpop_nonces: bool,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            require_pkce: false,
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
            unsigned_request_objects: false,
            fapi_request_objects: false,
            refresh_without_offline_access: true,
            access_token_format: AccessTokenFormat::Jwt,
            implicit: false,
            front_channel_access_tokens: false,
            allow_http_issuer: false,
            profile: None,
            dpop_nonces: false,
        }
    }
}

impl Protocol {
    pub(super) fn specimen() -> Self {
        Self { profile: Some(SecurityProfile::Fapi2), ..Self::default() }
    }
}

/// The format by its own word, with an error that says which words there are.
mod token_format {
    use super::super::choice::choice;
    use gatewright_domain::client::AccessTokenFormat;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    choice! {
        enum Word {
            Jwt = "jwt",
            Opaque = "opaque",
        }
    }

    pub(super) fn serialize<S: Serializer>(format: &AccessTokenFormat, serializer: S) -> Result<S::Ok, S::Error> {
        let word = match format {
            AccessTokenFormat::Jwt => Word::Jwt,
            AccessTokenFormat::Opaque => Word::Opaque,
        };
        word.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccessTokenFormat, D::Error> {
        Ok(match Word::deserialize(deserializer)? {
            Word::Jwt => AccessTokenFormat::Jwt,
            Word::Opaque => AccessTokenFormat::Opaque,
        })
    }
}
