//! How a client sends its authorization requests and gets the answers (RFC 9101 10.5, RFC 9126 6, JARM 3).

use serde::{Deserialize, Serialize};

use super::{
    encryption::{Encryption, pair},
    members::Members,
};
use crate::{
    error::Refusal, jwe::JweAlgorithm, jwe::JweEncryption, jws_algorithm::JwsAlgorithm,
    request_object_algorithm::RequestObjectAlgorithm,
};

/// Members about authorization requests and their responses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestMetadata {
    /// How its request objects are signed; any supported way where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<RequestObjectAlgorithm>,
    /// How the key to its request objects comes to its recipient; not encrypted where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_alg: Option<JweAlgorithm>,
    /// How its request objects are encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_enc: Option<JweEncryption>,
    /// Documents that its `request_uri` may name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// Whether a request without a signed request object is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_signed_request_object: Option<bool>,
    /// Whether a request that was not pushed is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// How its authorization responses are signed, where they are JWTs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<JwsAlgorithm>,
    /// How the key to its authorization responses comes to its recipient; not encrypted where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_encrypted_response_alg: Option<JweAlgorithm>,
    /// How its authorization responses are encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_encrypted_response_enc: Option<JweEncryption>,
}

impl RequestMetadata {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        let (request_object_encryption_alg, request_object_encryption_enc) =
            pair(members, "request_object_encryption")?;
        let (authorization_encrypted_response_alg, authorization_encrypted_response_enc) =
            pair(members, "authorization_encrypted_response")?;
        Ok(Self {
            request_object_signing_alg: members.word("request_object_signing_alg")?,
            request_object_encryption_alg,
            request_object_encryption_enc,
            request_uris: members.uris("request_uris")?,
            require_signed_request_object: members.flag("require_signed_request_object")?,
            require_pushed_authorization_requests: members.flag("require_pushed_authorization_requests")?,
            authorization_signed_response_alg: members.word("authorization_signed_response_alg")?,
            authorization_encrypted_response_alg,
            authorization_encrypted_response_enc,
        })
    }

    /// How what the client asks is encrypted, where it is.
    #[must_use]
    pub fn request_object_encryption(&self) -> Option<Encryption> {
        Encryption::of(self.request_object_encryption_alg, self.request_object_encryption_enc)
    }

    /// How the authorization response is encrypted, where it is.
    #[must_use]
    pub fn response_encryption(&self) -> Option<Encryption> {
        Encryption::of(self.authorization_encrypted_response_alg, self.authorization_encrypted_response_enc)
    }
}
