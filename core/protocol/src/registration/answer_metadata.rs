//! How what this server tells a client is signed and encrypted (OpenID Connect Registration 2, RFC 9701 6).

use serde::{Deserialize, Serialize};

use super::{
    encryption::{Encryption, pair},
    members::Members,
};
use crate::{error::Refusal, jwe::JweAlgorithm, jwe::JweEncryption, jws_algorithm::JwsAlgorithm};

/// Members about the encryption of tokens and answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerMetadata {
    /// How the key to its ID tokens comes to its recipient; not encrypted where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_alg: Option<JweAlgorithm>,
    /// How its ID tokens are encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_enc: Option<JweEncryption>,
    /// How the key to its userinfo answers comes to its recipient; not encrypted where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<JweAlgorithm>,
    /// How its userinfo answers are encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<JweEncryption>,
    /// How its introspection answers are signed, where it asks for JWTs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<JwsAlgorithm>,
    /// How the key to its introspection answers comes to its recipient; not encrypted where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_alg: Option<JweAlgorithm>,
    /// How its introspection answers are encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_enc: Option<JweEncryption>,
}

impl AnswerMetadata {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        let (id_token_encrypted_response_alg, id_token_encrypted_response_enc) =
            pair(members, "id_token_encrypted_response")?;
        let (userinfo_encrypted_response_alg, userinfo_encrypted_response_enc) =
            pair(members, "userinfo_encrypted_response")?;
        let (introspection_encrypted_response_alg, introspection_encrypted_response_enc) =
            pair(members, "introspection_encrypted_response")?;
        Ok(Self {
            id_token_encrypted_response_alg,
            id_token_encrypted_response_enc,
            userinfo_encrypted_response_alg,
            userinfo_encrypted_response_enc,
            introspection_signed_response_alg: members.word("introspection_signed_response_alg")?,
            introspection_encrypted_response_alg,
            introspection_encrypted_response_enc,
        })
    }

    /// How an ID token is encrypted, where it is.
    #[must_use]
    pub fn id_token(&self) -> Option<Encryption> {
        Encryption::of(self.id_token_encrypted_response_alg, self.id_token_encrypted_response_enc)
    }

    /// How a userinfo answer is encrypted, where it is.
    #[must_use]
    pub fn userinfo(&self) -> Option<Encryption> {
        Encryption::of(self.userinfo_encrypted_response_alg, self.userinfo_encrypted_response_enc)
    }

    /// How an introspection answer is encrypted, where it is.
    #[must_use]
    pub fn introspection(&self) -> Option<Encryption> {
        Encryption::of(self.introspection_encrypted_response_alg, self.introspection_encrypted_response_enc)
    }
}
