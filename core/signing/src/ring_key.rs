//! A key of the ring: one that signs, or one that decrypts.

use crate::jwe::DecryptionKey;
use crate::signing_key::{SigningKey, generate_jwk};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::secret::SecretText;
use serde_json::Value;

/// A parsed key of either kind.
#[derive(Debug)]
pub(crate) enum RingKey {
    Signing(SigningKey),
    Decryption(DecryptionKey),
}

impl RingKey {
    /// Makes a private key, as JWK text. RSA takes some tenths of a second: call it off the async threads.
    ///
    /// # Errors
    /// A fault of the crypto library, or when the algorithm has no key pairs.
    pub fn generate_jwk(id: &KeyId, algorithm: KeyAlgorithm) -> Result<SecretText, Fault> {
        match algorithm {
            KeyAlgorithm::Signing(algorithm) => generate_jwk(id, algorithm),
            KeyAlgorithm::Decryption(kind) => DecryptionKey::generate_jwk(id, kind),
        }
    }

    /// Reads a private JWK.
    ///
    /// # Errors
    /// A fault that names the key but repeats nothing of it.
    pub fn parse(id: &KeyId, algorithm: KeyAlgorithm, jwk: &SecretText) -> Result<Self, Fault> {
        Ok(match algorithm {
            KeyAlgorithm::Signing(algorithm) => Self::Signing(SigningKey::parse(id, algorithm, jwk)?),
            KeyAlgorithm::Decryption(kind) => Self::Decryption(DecryptionKey::parse(id, kind, jwk)?),
        })
    }

    /// The public key as `/jwks` shows it.
    pub fn public_jwk(&self) -> &Value {
        match self {
            Self::Signing(key) => key.public_jwk(),
            Self::Decryption(key) => key.public_jwk(),
        }
    }

    /// What signs, if it does.
    pub fn signing(&self) -> Option<&SigningKey> {
        match self {
            Self::Signing(key) => Some(key),
            Self::Decryption(_) => None,
        }
    }

    /// What decrypts, if it does.
    pub fn decryption(&self) -> Option<&DecryptionKey> {
        match self {
            Self::Signing(_) => None,
            Self::Decryption(key) => Some(key),
        }
    }
}
