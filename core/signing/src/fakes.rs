//! What the tests of this crate stand on beside those all share: keys in a store that can be looked into and tampered
//! with, and nodes over it.

use crate::keyring::{Keyring, KeyringSetup};
use crate::master_key::MasterKey;
use crate::sealer::MasterSealer;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::store::{KeyStore, StoredKey};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::entropy::SeededEntropy;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The algorithms with key pairs, those with the small signatures first.
pub const PAIRED: [JwsAlgorithm; 4] =
    [JwsAlgorithm::ES256, JwsAlgorithm::EdDSA, JwsAlgorithm::RS256, JwsAlgorithm::PS256];

/// The contract of [`KeyStore`], in memory, with its rows in the open.
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
    pub clock: Arc<FixedClock>,
    pub entropy: Arc<SeededEntropy>,
}

impl Nodes {
    pub fn new() -> Self {
        let clock = Arc::new(FixedClock::at(Timestamp(1_000_000)));
        Self { store: Arc::default(), clock, entropy: Arc::default() }
    }

    pub fn setup(&self, algorithms: &[JwsAlgorithm]) -> KeyringSetup {
        let key = MasterKey::generate(&SeededEntropy::default());
        KeyringSetup {
            store: self.store.clone(),
            sealer: Arc::new(MasterSealer::new(key, self.entropy.clone())),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            algorithms: algorithms.to_vec(),
            default_algorithm: algorithms[0],
            decryption: vec![],
        }
    }

    pub async fn open(&self, algorithms: &[JwsAlgorithm]) -> Keyring {
        Keyring::open(self.setup(algorithms)).await.unwrap()
    }
}
