//! Storage of the server's keys.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::KeyId;
use crate::key_algorithm::KeyAlgorithm;
use async_trait::async_trait;

/// A key at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// `kid`.
    pub id: KeyId,
    /// What it signs or decrypts with.
    pub algorithm: KeyAlgorithm,
    /// The private key as a JWK, sealed under the master key.
    pub sealed_jwk: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began, or will begin, to sign. Clients may encrypt to it before.
    pub signs_from: Timestamp,
    /// When it stopped signing, or being published to encrypt to; none while it does.
    pub retired_at: Option<Timestamp>,
    /// When it stops verifying or decrypting; none while it signs.
    pub drops_at: Option<Timestamp>,
}

/// The server's keys.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// All keys, oldest first.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self) -> Result<Vec<StoredKey>, Fault>;

    /// In one transaction: adds `new`, sets the dates of `changed` by id, removes keys that drop before
    /// `now`. Answers `false`, with nothing done, when another node rotated first: when the newest key of
    /// `new`'s algorithm is no longer `expected_newest`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn rotate(
        &self,
        new: &StoredKey,
        changed: &[StoredKey],
        expected_newest: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<bool, Fault>;
}
