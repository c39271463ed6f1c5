//! `[protocol]`: how strict the server is, and what its tokens look like.

use gatewright_domain::client::AccessTokenFormat;
use serde::{Deserialize, Serialize};

/// How strict the server is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// PKCE is required of confidential clients too (RFC 9700 2.1.1); of public ones it always is.
    pub require_pkce: bool,
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
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            require_pkce: false,
            refresh_without_offline_access: true,
            access_token_format: AccessTokenFormat::Jwt,
            implicit: false,
            front_channel_access_tokens: false,
            allow_http_issuer: false,
        }
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
