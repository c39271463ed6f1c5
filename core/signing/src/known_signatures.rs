//! Which of the server's own JWTs are known to be rightly signed.
//!
//! Checking an ECDSA signature costs several times what making it costs, and most access tokens are presented to the
//! node that signed them, many times. What is remembered is only that the signature of exactly these bytes fits:
//! whether the key is still trusted, the type, expiry and revocation are looked at each time.

use openssl::sha::sha256;
use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most JWTs in a generation. Two are held, so at most twice as many are known (about half a megabyte).
pub const GENERATION_JWTS_MAX: usize = 4_096;

/// The hashes of JWTs, the newer and the older ones. When the newer are full they become the older, which go.
#[derive(Default)]
pub(crate) struct KnownSignatures(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl KnownSignatures {
    /// Remembers that the signature of `jwt` fits.
    pub fn remember(&self, jwt: &str) {
        let hash = sha256(jwt.as_bytes());
        let mut generations = self.lock();
        if generations.newer.len() >= GENERATION_JWTS_MAX {
            generations.older = mem::take(&mut generations.newer);
        }
        generations.newer.insert(hash);
    }

    /// Whether the signature of `jwt` is known to fit.
    pub fn knows(&self, jwt: &str) -> bool {
        let hash = sha256(jwt.as_bytes());
        let generations = self.lock();
        generations.newer.contains(&hash) || generations.older.contains(&hash)
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_known_and_the_oldest_are_forgotten() {
        let known = KnownSignatures::default();
        for number in 0..=2 * GENERATION_JWTS_MAX {
            known.remember(&number.to_string());
        }
        let newest = 2 * GENERATION_JWTS_MAX;
        assert!(known.knows(&newest.to_string()));
        assert!(known.knows(&(newest - GENERATION_JWTS_MAX).to_string()));
        assert!(!known.knows("0"));
        assert!(!known.knows("never seen"));
    }
}
