//! How random values that work like passwords (codes, refresh tokens, session cookies, …) are stored:
//! 256 random bits, of which only the SHA-256 reaches the database (RFC 9700 4.9.3 by hashing at rest).

use crate::entropy::{Entropy, random_text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// A fresh 256-bit random value as 43 base64url characters. It exists in clear only on its way to
/// whoever it is for.
pub struct RandomToken(String);

impl RandomToken {
    /// Draws a new value.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(random_text::<32>(entropy))
    }

    /// The hash under which it is stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The value, to be sent.
    pub fn into_text(self) -> String {
        self.0
    }

    /// The value, to be sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RandomToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomToken(…)")
    }
}

/// The SHA-256 of a random value, as 43 base64url characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

impl TokenHash {
    /// Hashes a presented value.
    pub fn of(text: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())))
    }

    /// A hash read back from storage.
    ///
    /// # Errors
    /// The text when it is no base64url SHA-256.
    pub fn from_stored(text: String) -> Result<Self, String> {
        match URL_SAFE_NO_PAD.decode(&text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(text)),
            _ => Err(text),
        }
    }

    /// Whether `text` hashes to this, in a time that tells nothing.
    pub fn matches(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(Self::of(text).0.as_bytes()).into()
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
