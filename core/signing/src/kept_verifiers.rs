//! What verifies clients' signatures, kept for the next one: making a verifier of a key costs as much as several
//! signatures, and a client signs its assertions, request objects and proofs with few keys.

use crate::client_jwk::verifier_of;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use josekit::jws::JwsVerifier;
use openssl::sha::Sha256;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most verifiers in a generation. Two are held, so at most twice as many are kept (a few megabytes).
pub const GENERATION_KEYS_MAX: usize = 1_024;

/// Verifiers by algorithm and key, the newer and the older ones. When the newer are full they become the older, which go.
#[derive(Default)]
pub(crate) struct KeptVerifiers(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    newer: HashMap<[u8; 32], Arc<dyn JwsVerifier>>,
    older: HashMap<[u8; 32], Arc<dyn JwsVerifier>>,
}

impl KeptVerifiers {
    /// What verifies `algorithm` with this key; nothing for a key that [`verifier_of`] makes nothing of, which is found out
    /// anew each time.
    pub fn of(&self, jwk: &Map<String, Value>, algorithm: JwsAlgorithm) -> Option<Arc<dyn JwsVerifier>> {
        let name = name_of(jwk, algorithm)?;
        if let Some(kept) = self.known(&name) {
            return Some(kept);
        }
        let made: Arc<dyn JwsVerifier> = Arc::from(verifier_of(jwk, algorithm)?);
        self.keep(name, made.clone());
        Some(made)
    }

    fn known(&self, name: &[u8; 32]) -> Option<Arc<dyn JwsVerifier>> {
        let mut generations = self.lock();
        if let Some(kept) = generations.newer.get(name) {
            return Some(kept.clone());
        }
        let kept = generations.older.remove(name)?;
        generations.insert(*name, kept.clone());
        Some(kept)
    }

    fn keep(&self, name: [u8; 32], verifier: Arc<dyn JwsVerifier>) {
        self.lock().insert(name, verifier);
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn insert(&mut self, name: [u8; 32], verifier: Arc<dyn JwsVerifier>) {
        if self.newer.len() >= GENERATION_KEYS_MAX {
            self.older = mem::take(&mut self.newer);
        }
        self.newer.insert(name, verifier);
    }
}

/// The whole key counts, not its name: two clients may call theirs the same, and one that is used for less than before is
/// another.
fn name_of(jwk: &Map<String, Value>, algorithm: JwsAlgorithm) -> Option<[u8; 32]> {
    let mut hash = Sha256::new();
    hash.update(algorithm.as_str().as_bytes());
    hash.update(&serde_json::to_vec(jwk).ok()?);
    Some(hash.finish())
}

impl fmt::Debug for KeptVerifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptVerifiers(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing_key::{SigningKey, generate_jwk};
    use gatewright_domain::identifiers::KeyId;
    use serde_json::json;

    fn public() -> Map<String, Value> {
        let id = KeyId::parse("k").unwrap();
        let key =
            SigningKey::parse(&id, JwsAlgorithm::EdDSA, &generate_jwk(&id, JwsAlgorithm::EdDSA).unwrap()).unwrap();
        key.public_jwk().as_object().unwrap().clone()
    }

    #[test]
    fn a_key_is_made_a_verifier_of_once_and_each_key_for_itself() {
        let (kept, key) = (KeptVerifiers::default(), public());
        let first = kept.of(&key, JwsAlgorithm::EdDSA).unwrap();
        assert!(Arc::ptr_eq(&first, &kept.of(&key, JwsAlgorithm::EdDSA).unwrap()));
        assert!(!Arc::ptr_eq(&first, &kept.of(&public(), JwsAlgorithm::EdDSA).unwrap()));
        assert!(kept.of(&key, JwsAlgorithm::ES256).is_none(), "and serves its own algorithm alone");
        let mut withdrawn = key;
        withdrawn.insert("use".to_owned(), json!("enc"));
        assert!(kept.of(&withdrawn, JwsAlgorithm::EdDSA).is_none(), "nor one that says it is for something else");
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let (kept, key) = (KeptVerifiers::default(), public());
        let first = kept.of(&key, JwsAlgorithm::EdDSA).unwrap();
        let fill = |from: usize| {
            for number in from..from + GENERATION_KEYS_MAX {
                let mut name = [0; 32];
                name[..8].copy_from_slice(&number.to_be_bytes());
                kept.keep(name, first.clone());
            }
        };
        fill(0);
        assert!(Arc::ptr_eq(&first, &kept.of(&key, JwsAlgorithm::EdDSA).unwrap()));
        fill(GENERATION_KEYS_MAX);
        assert!(Arc::ptr_eq(&first, &kept.of(&key, JwsAlgorithm::EdDSA).unwrap()), "it was used in between");
        fill(2 * GENERATION_KEYS_MAX);
        fill(3 * GENERATION_KEYS_MAX);
        assert!(!Arc::ptr_eq(&first, &kept.of(&key, JwsAlgorithm::EdDSA).unwrap()));
        assert!(kept.lock().newer.len() <= GENERATION_KEYS_MAX);
    }
}
