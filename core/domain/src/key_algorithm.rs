//! What a key of the server's is for: to sign with an algorithm, or to decrypt.

use gatewright_protocol::jwe::EncryptionKey;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::malformed::Malformed;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The algorithm of a key, and with it its use. No word names both a signature and an encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyAlgorithm {
    /// It signs and verifies (`use` `sig`).
    Signing(JwsAlgorithm),
    /// It decrypts (`use` `enc`).
    Decryption(EncryptionKey),
}

impl KeyAlgorithm {
    /// The word it is stored and typed as.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signing(algorithm) => algorithm.as_str(),
            Self::Decryption(key) => key.as_str(),
        }
    }

    /// The `use` of its keys (RFC 7517 4.2).
    #[must_use]
    pub const fn key_use(self) -> &'static str {
        match self {
            Self::Signing(_) => "sig",
            Self::Decryption(_) => "enc",
        }
    }
}

impl TryFrom<&str> for KeyAlgorithm {
    type Error = Malformed;

    fn try_from(text: &str) -> Result<Self, Malformed> {
        let signing = JwsAlgorithm::try_from(text).map(Self::Signing);
        signing.or_else(|_| EncryptionKey::try_from(text).map(Self::Decryption))
    }
}

impl From<JwsAlgorithm> for KeyAlgorithm {
    fn from(algorithm: JwsAlgorithm) -> Self {
        Self::Signing(algorithm)
    }
}

impl From<EncryptionKey> for KeyAlgorithm {
    fn from(key: EncryptionKey) -> Self {
        Self::Decryption(key)
    }
}

impl Serialize for KeyAlgorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KeyAlgorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::try_from(text.as_str()).map_err(serde::de::Error::custom)
    }
}

impl FromStr for KeyAlgorithm {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::try_from(text)
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_says_what_its_key_is_for() {
        let signing = JwsAlgorithm::ALL.iter().copied().map(KeyAlgorithm::from);
        let decryption = EncryptionKey::ALL.iter().copied().map(KeyAlgorithm::from);
        for algorithm in signing.chain(decryption) {
            assert_eq!(KeyAlgorithm::try_from(algorithm.as_str()), Ok(algorithm));
            let expected = if matches!(algorithm, KeyAlgorithm::Signing(_)) { "sig" } else { "enc" };
            assert_eq!(algorithm.key_use(), expected, "{algorithm}");
        }
        assert!(KeyAlgorithm::try_from("RSA1_5").is_err());
    }
}
