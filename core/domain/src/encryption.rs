//! Encryption to clients and decryption of what they encrypt to this server (RFC 7516, OpenID Connect Core 10.2).

use crate::fault::Fault;
use crate::secret::SecretText;
use gatewright_protocol::jwe::JweAlgorithm;
use gatewright_protocol::registration::encryption::Encryption;
use serde_json::Value;

/// What something is encrypted to.
#[derive(Debug, Clone, Copy)]
pub enum Recipient<'k> {
    /// One of a client's public keys (a JWK set), for the asymmetric algorithms.
    Keys(&'k Value),
    /// A client's secret, for the symmetric ones; the key is made of it as OpenID Connect Core 10.2 says.
    Secret(&'k SecretText),
}

/// What is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A signed JWT: the result is nested, with `cty` `JWT` (RFC 7519 5.2).
    Jwt,
    /// A JSON document.
    Json,
}

/// Why nothing was encrypted.
#[derive(Debug, thiserror::Error)]
pub enum NotEncrypted {
    /// The client has no key that fits; it is the client's to mend.
    #[error("the client has no key to encrypt to with {0}")]
    NoKey(JweAlgorithm),
    /// A fault of ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a presented JWE is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JweRejected {
    /// No five parts, no JSON header, too large, compressed (`zip`), or with extensions (`crit`).
    #[error("the JWE is malformed")]
    Malformed,
    /// An `alg` or `enc` that is not allowed here.
    #[error("the JWE's algorithms are not allowed")]
    Algorithm,
    /// No key of that name, or none of that kind.
    #[error("no key fits the JWE's kid and alg")]
    UnknownKey,
    /// It is encrypted to another key, or altered; which of them is not told apart.
    #[error("the JWE cannot be decrypted")]
    Undecryptable,
}

/// Encrypts to clients, and decrypts with the server's keys or with secrets shared with clients. Calls are synchronous;
/// RSA takes up to a millisecond.
pub trait Encrypter: Send + Sync {
    /// The compact JWE of `text`.
    ///
    /// # Errors
    /// When the recipient has no key that fits, or a fault of ours.
    fn encrypt(&self, text: &str, content: Content, how: Encryption, to: Recipient<'_>)
    -> Result<String, NotEncrypted>;

    /// The text within a compact JWE that a client made for this server. `expected` is the one way it may be encrypted
    /// in; any where absent. `secret` is the one shared with the client; without it the symmetric algorithms are
    /// refused.
    ///
    /// # Errors
    /// Why it is not opened.
    fn decrypt(
        &self,
        jwe: &str,
        expected: Option<Encryption>,
        secret: Option<&SecretText>,
    ) -> Result<SecretText, JweRejected>;

    /// Algorithms with key pairs that [`Encrypter::decrypt`] has keys for.
    fn decryption_algorithms(&self) -> Vec<JweAlgorithm>;
}
