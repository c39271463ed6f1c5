//! The public keys of clients that registered a `jwks_uri`: fetched when needed, kept a while, fetched anew when
//! a signature names an unknown key (RFC 7591 2, OpenID Connect Core 10.1.1).

use crate::Engine;
use gatewright_domain::client::ClientKeys;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fetch::FetchFailed;
use gatewright_domain::signing::JwtRejected;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long fetched keys are used, in seconds.
pub const KEYS_AGE_S_MAX: u64 = 3600;
/// Least time between two fetches of one document, in seconds, however many unknown keys are named.
pub const REFETCH_S_MIN: u64 = 5;
/// Most documents kept; the oldest goes first.
pub const DOCUMENTS_MAX: usize = 1_000;

/// Why a JWT is not taken for a client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSigned {
    /// Its `jwks_uri` could not be fetched.
    KeysUnreachable,
    /// None of its keys fits, or the JWT is none.
    Rejected(JwtRejected),
}

/// Fetched key sets by URI.
#[derive(Debug, Default)]
pub struct ClientKeyCache(Mutex<HashMap<String, (Timestamp, Arc<Value>)>>);

impl ClientKeyCache {
    fn get(&self, uri: &str) -> Option<(Timestamp, Arc<Value>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(uri).cloned()
    }

    fn put(&self, uri: &str, now: Timestamp, keys: Arc<Value>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= DOCUMENTS_MAX && !kept.contains_key(uri) {
            let oldest = kept.iter().min_by_key(|(_, (at, _))| *at).map(|(uri, _)| uri.clone());
            oldest.map(|uri| kept.remove(&uri));
        }
        kept.insert(uri.to_owned(), (now, keys));
    }
}

impl Engine {
    /// A client's keys. `afresh` asks for newer ones than those that did not fit; they may come back the same.
    pub(crate) async fn keys_of(&self, keys: &ClientKeys, afresh: bool) -> Result<Arc<Value>, FetchFailed> {
        let uri = match keys {
            ClientKeys::Inline(keys) => return Ok(Arc::new(keys.clone())),
            ClientKeys::Uri(uri) => uri,
        };
        let now = self.now();
        let age_max = if afresh { REFETCH_S_MIN } else { KEYS_AGE_S_MAX };
        if let Some((_, keys)) = self.client_keys.get(uri).filter(|(at, _)| now.since(*at) < age_max) {
            return Ok(keys);
        }
        let keys = Arc::new(self.world.fetcher.fetch_json(uri).await?);
        self.client_keys.put(uri, now, keys.clone());
        Ok(keys)
    }

    /// The claims of a JWT that a client signed with one of its keys. Where none fits, keys at a `jwks_uri` are fetched
    /// anew: they may have rotated.
    pub(crate) async fn signed_by(
        &self,
        keys: &ClientKeys,
        jwt: &str,
        allowed: &[JwsAlgorithm],
    ) -> Result<Map<String, Value>, NotSigned> {
        let known = self.keys_of(keys, false).await.map_err(|_| NotSigned::KeysUnreachable)?;
        let first = self.world.foreign.verify_with_jwks(jwt, &known, allowed);
        let rotated = matches!(keys, ClientKeys::Uri(_))
            && matches!(first, Err(JwtRejected::UnknownKey | JwtRejected::Signature));
        if !rotated {
            return first.map_err(NotSigned::Rejected);
        }
        let newer = self.keys_of(keys, true).await.map_err(|_| NotSigned::KeysUnreachable)?;
        self.world.foreign.verify_with_jwks(jwt, &newer, allowed).map_err(NotSigned::Rejected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_documents_the_oldest_goes() {
        let cache = ClientKeyCache::default();
        let known = |n: usize| cache.get(&format!("https://{n}.example/jwks")).is_some();
        for n in 0..=DOCUMENTS_MAX {
            let at = Timestamp(i64::try_from(n).unwrap());
            cache.put(&format!("https://{n}.example/jwks"), at, Arc::new(Value::Null));
        }
        assert!(!known(0) && known(1) && known(DOCUMENTS_MAX));
        cache.put("https://1.example/jwks", Timestamp(9_999), Arc::new(Value::Null));
        assert!(known(1) && known(2), "what is there already takes nobody's place");
    }
}
