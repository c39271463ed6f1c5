//! Passwords at rest, and the port that hashes them (argon2id, RFC 9106).

use crate::fault::Fault;
use crate::secret::SecretText;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A password hash in PHC string form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

/// Longest password that is hashed, in bytes; more is refused before any work is done.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Slow hashing on threads of its own.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password.
    ///
    /// # Errors
    /// A fault when the password is over [`PASSWORD_BYTES_MAX`] or the hasher is stopped.
    async fn hash(&self, password: &SecretText) -> Result<PasswordHash, Fault>;

    /// Whether `hash` was made in another way than new ones are, and should be made anew when its password is next typed.
    fn needs_rehash(&self, hash: &PasswordHash) -> bool;

    /// Whether the password fits the hash. With no hash (unknown user) the same work is done and the
    /// answer is no, so that the time tells nothing.
    ///
    /// # Errors
    /// A fault when the stored hash cannot be read or the hasher is stopped.
    async fn verify(&self, password: &SecretText, hash: Option<&PasswordHash>) -> Result<bool, Fault>;
}
