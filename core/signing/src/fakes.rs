//! What the tests of this crate stand on: a clock that is set, entropy that counts, keys in memory.

use crate::keyring::{Keyring, KeyringSetup};
use crate::master_key::MasterKey;
use crate::sealer::MasterSealer;
use async_trait::async_trait;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::store::{KeyStore, StoredKey};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The algorithms with key pairs, those with the small signatures first.
pub const PAIRED: [JwsAlgorithm; 4] =
    [JwsAlgorithm::ES256, JwsAlgorithm::EdDSA, JwsAlgorithm::RS256, JwsAlgorithm::PS256];

/// Stands still until it is moved.
pub struct SetClock(AtomicI64);

impl SetClock {
    pub fn at(second: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(second * 1000)))
    }

    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Never the same twice, and the same in every run.
#[derive(Default)]
pub struct CountingEntropy(AtomicU64);

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            chunk.copy_from_slice(&openssl::sha::sha256(&count)[..chunk.len()]);
        }
    }
}

/// The contract of [`KeyStore`], in memory.
#[derive(Default)]
pub struct MemoryKeys {
    pub rows: Mutex<Vec<StoredKey>>,
    pub lists: AtomicUsize,
}

#[async_trait]
impl KeyStore for MemoryKeys {
    async fn list(&self) -> Result<Vec<StoredKey>, Fault> {
        self.lists.fetch_add(1, Ordering::SeqCst);
        let rows = self.rows.lock().unwrap().clone();
        // As a database would, gives others the time to read the same before this caller goes on.
        tokio::task::yield_now().await;
        Ok(rows)
    }

    async fn rotate(
        &self,
        new: &StoredKey,
        changed: &[StoredKey],
        expected_newest: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let mut rows = self.rows.lock().unwrap();
        let newest = rows.iter().rfind(|row| row.algorithm == new.algorithm).map(|row| &row.id);
        if newest != expected_newest {
            return Ok(false);
        }
        for row in rows.iter_mut() {
            if let Some(change) = changed.iter().find(|change| change.id == row.id) {
                (row.signs_from, row.retired_at, row.drops_at) =
                    (change.signs_from, change.retired_at, change.drops_at);
            }
        }
        rows.retain(|row| row.drops_at.is_none_or(|drops| drops >= now));
        rows.push(new.clone());
        rows.sort_by_key(|row| row.created_at);
        Ok(true)
    }
}

/// A store with its clock, on which keyrings are opened as nodes of one server.
pub struct Nodes {
    pub store: Arc<MemoryKeys>,
    pub clock: Arc<SetClock>,
    pub entropy: Arc<CountingEntropy>,
}

impl Nodes {
    pub fn new() -> Self {
        let clock = SetClock::at(1_000_000);
        Self { store: Arc::default(), clock, entropy: Arc::default() }
    }

    pub fn setup(&self, algorithms: &[JwsAlgorithm]) -> KeyringSetup {
        let key = MasterKey::generate(&CountingEntropy::default());
        KeyringSetup {
            store: self.store.clone(),
            sealer: Arc::new(MasterSealer::new(key, self.entropy.clone())),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            algorithms: algorithms.to_vec(),
            default_algorithm: algorithms[0],
        }
    }

    pub async fn open(&self, algorithms: &[JwsAlgorithm]) -> Keyring {
        Keyring::open(self.setup(algorithms)).await.unwrap()
    }
}
