//! How what clients are told may be signed and encrypted (OpenID Connect Discovery 3, RFC 9701 7, JARM 4).

use serde::Serialize;

use crate::{
    jwe::{JweAlgorithm, JweEncryption},
    jws_algorithm::JwsAlgorithm,
};

/// The algorithms of the answers beside the signatures of ID tokens and userinfo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerAlgorithms {
    /// How the keys to ID tokens come to clients.
    pub id_token_encryption_alg_values_supported: Vec<JweAlgorithm>,
    /// How ID tokens are encrypted.
    pub id_token_encryption_enc_values_supported: Vec<JweEncryption>,
    /// How the keys to userinfo answers come to clients.
    pub userinfo_encryption_alg_values_supported: Vec<JweAlgorithm>,
    /// How userinfo answers are encrypted.
    pub userinfo_encryption_enc_values_supported: Vec<JweEncryption>,
    /// How introspection answers are signed.
    pub introspection_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// How the keys to introspection answers come to clients.
    pub introspection_encryption_alg_values_supported: Vec<JweAlgorithm>,
    /// How introspection answers are encrypted.
    pub introspection_encryption_enc_values_supported: Vec<JweEncryption>,
    /// How authorization responses are signed.
    pub authorization_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// How the keys to authorization responses come to clients.
    pub authorization_encryption_alg_values_supported: Vec<JweAlgorithm>,
    /// How authorization responses are encrypted.
    pub authorization_encryption_enc_values_supported: Vec<JweEncryption>,
}

impl AnswerAlgorithms {
    /// Every answer signed with any of `signing` and encrypted in every way there is.
    #[must_use]
    pub fn of(signing: &[JwsAlgorithm]) -> Self {
        let (alg, enc) = (JweAlgorithm::ALL.to_vec(), JweEncryption::ALL.to_vec());
        Self {
            id_token_encryption_alg_values_supported: alg.clone(),
            id_token_encryption_enc_values_supported: enc.clone(),
            userinfo_encryption_alg_values_supported: alg.clone(),
            userinfo_encryption_enc_values_supported: enc.clone(),
            introspection_signing_alg_values_supported: signing.to_vec(),
            introspection_encryption_alg_values_supported: alg.clone(),
            introspection_encryption_enc_values_supported: enc.clone(),
            authorization_signing_alg_values_supported: signing.to_vec(),
            authorization_encryption_alg_values_supported: alg,
            authorization_encryption_enc_values_supported: enc,
        }
    }
}
