//! What a client must have for what it is told to be signed with its secret, or encrypted to it (OpenID Connect
//! Dynamic Client Registration 1.0, 2; OpenID Connect Core 10.1 and 10.2; JARM 3; RFC 9701 6).

use super::{encryption::Encryption, members::wrong, metadata::ClientMetadata, verified::RegisteredKeys};
use crate::{client_auth_method::ClientAuthMethod, error::Refusal, jws_algorithm::JwsAlgorithm};

/// Kinds of answers that are signed, and may be encrypted.
const KINDS: usize = 4;

/// A signature with the secret needs a secret; encryption needs a secret or keys, as its algorithm says.
pub(super) fn hold(
    metadata: &ClientMetadata,
    method: ClientAuthMethod,
    keys: Option<&RegisteredKeys>,
) -> Result<(), Refusal> {
    let has_secret = has_secret(method);
    for (member, algorithm) in signed(metadata) {
        if algorithm == Some(JwsAlgorithm::HS256) && !has_secret {
            return Err(wrong(member, "cannot be HS256 without a client secret; choose another algorithm"));
        }
    }
    for (member, encryption) in encrypted(metadata) {
        let Some(Encryption { alg, .. }) = encryption else { continue };
        if alg.is_symmetric() && !has_secret {
            return Err(wrong(member, &format!("cannot be {alg} without a client secret; choose another algorithm")));
        }
        if !alg.is_symmetric() && keys.is_none() {
            return Err(wrong(member, &format!("is {alg}, for which jwks or jwks_uri must have a key")));
        }
    }
    Ok(())
}

/// Whether the client's secret must be known to this server in the clear: whether it signs or encrypts with it.
pub(super) fn secret_is_a_key(metadata: &ClientMetadata, method: ClientAuthMethod) -> bool {
    let signs = signed(metadata).into_iter().any(|(_, algorithm)| algorithm == Some(JwsAlgorithm::HS256));
    let request = ("request_object_encryption_alg", metadata.requests.request_object_encryption());
    let mut encryptions = encrypted(metadata).into_iter().chain([request]);
    method == ClientAuthMethod::ClientSecretJwt
        || signs
        || encryptions.any(|(_, encryption)| encryption.is_some_and(|encryption| encryption.alg.is_symmetric()))
}

fn has_secret(method: ClientAuthMethod) -> bool {
    matches!(
        method,
        ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost | ClientAuthMethod::ClientSecretJwt
    )
}

fn signed(metadata: &ClientMetadata) -> [(&'static str, Option<JwsAlgorithm>); KINDS] {
    [
        ("id_token_signed_response_alg", metadata.id_token_signed_response_alg),
        ("userinfo_signed_response_alg", metadata.userinfo_signed_response_alg),
        ("introspection_signed_response_alg", metadata.answers.introspection_signed_response_alg),
        ("authorization_signed_response_alg", metadata.requests.authorization_signed_response_alg),
    ]
}

fn encrypted(metadata: &ClientMetadata) -> [(&'static str, Option<Encryption>); KINDS] {
    [
        ("id_token_encrypted_response_alg", metadata.answers.id_token()),
        ("userinfo_encrypted_response_alg", metadata.answers.userinfo()),
        ("introspection_encrypted_response_alg", metadata.answers.introspection()),
        ("authorization_encrypted_response_alg", metadata.requests.response_encryption()),
    ]
}
