//! The server's keys as operators see them (RFC 7517).

use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::store::StoredKey;
use serde::{Deserialize, Serialize};

/// A key, without its private half.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyDocument {
    /// Its name.
    pub kid: KeyId,
    /// What it signs or decrypts with.
    pub algorithm: KeyAlgorithm,
    /// `next`, `signs`, `verifies` or `dropped`; of one that clients encrypt to `published`, `decrypts` or `dropped`.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began, or will begin, to sign.
    pub signs_from: Timestamp,
    /// When it stopped.
    pub retired_at: Option<Timestamp>,
    /// Until when it is published.
    pub drops_at: Option<Timestamp>,
}

impl KeyDocument {
    /// What is told of a key at a moment.
    pub fn at(key: &StoredKey, now: Timestamp) -> Self {
        Self {
            kid: key.id.clone(),
            algorithm: key.algorithm,
            state: state(key, now).to_owned(),
            created_at: key.created_at,
            signs_from: key.signs_from,
            retired_at: key.retired_at,
            drops_at: key.drops_at,
        }
    }
}

/// What a key is good for at a moment.
fn state(key: &StoredKey, now: Timestamp) -> &'static str {
    let is_past = |date: Option<Timestamp>| date.is_some_and(|date| date <= now);
    let decrypts = matches!(key.algorithm, KeyAlgorithm::Decryption(_));
    if is_past(key.drops_at) {
        "dropped"
    } else if is_past(key.retired_at) {
        if decrypts { "decrypts" } else { "verifies" }
    } else if decrypts {
        "published"
    } else if key.signs_from > now {
        "next"
    } else {
        "signs"
    }
}

/// Which keys to replace, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Only those of these algorithms; all where empty.
    #[serde(default)]
    pub algorithms: Vec<KeyAlgorithm>,
    /// The old one was stolen: the new one signs now, and all that the old ones signed is void.
    #[serde(default)]
    pub stolen: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RotatedKeys {
    /// By algorithm.
    pub rotated: Vec<RotatedKey>,
}

/// A replaced key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RotatedKey {
    /// Its algorithm.
    pub algorithm: KeyAlgorithm,
    /// The new key; none where another node rotated at this moment.
    pub kid: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_protocol::jwe::EncryptionKey;
    use gatewright_protocol::jws_algorithm::JwsAlgorithm;

    #[test]
    fn a_key_is_next_then_signs_then_verifies_then_is_dropped() {
        let key = StoredKey {
            id: KeyId::parse("k").unwrap(),
            algorithm: JwsAlgorithm::ES256.into(),
            sealed_jwk: String::new(),
            created_at: Timestamp(0),
            signs_from: Timestamp(10),
            retired_at: Some(Timestamp(20)),
            drops_at: Some(Timestamp(30)),
        };
        let states = [9, 10, 19, 20, 29, 30].map(|now| state(&key, Timestamp(now)));
        assert_eq!(states, ["next", "signs", "signs", "verifies", "verifies", "dropped"]);
        let decrypting = StoredKey { algorithm: EncryptionKey::Rsa.into(), ..key.clone() };
        let states = [9, 10, 19, 20, 29, 30].map(|now| state(&decrypting, Timestamp(now)));
        assert_eq!(states, ["published", "published", "published", "decrypts", "decrypts", "dropped"]);
        let current = StoredKey { retired_at: None, drops_at: None, ..key };
        assert_eq!(state(&current, Timestamp(i64::MAX)), "signs");
    }
}
