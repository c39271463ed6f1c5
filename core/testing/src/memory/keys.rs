//! Signing keys in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::store::{KeyStore, StoredKey};

#[async_trait]
impl KeyStore for Memory {
    async fn list(&self) -> Result<Vec<StoredKey>, Fault> {
        let mut keys = self.tables().keys.clone();
        keys.sort_by_key(|key| key.created_at);
        Ok(keys)
    }

    async fn rotate(
        &self,
        new: &StoredKey,
        changed: &[StoredKey],
        expected_newest: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let newest = tables.keys.iter().rev().find(|key| key.algorithm == new.algorithm);
        if newest.map(|key| &key.id) != expected_newest {
            return Ok(false);
        }
        for change in changed {
            if let Some(key) = tables.keys.iter_mut().find(|key| key.id == change.id) {
                key.signs_from = change.signs_from;
                key.retired_at = change.retired_at;
                key.drops_at = change.drops_at;
            }
        }
        tables.keys.retain(|key| key.drops_at.is_none_or(|drops_at| drops_at >= now));
        tables.keys.push(new.clone());
        Ok(true)
    }
}
