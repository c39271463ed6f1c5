//! Policy bundles in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::BundleStore;

#[async_trait]
impl BundleStore for Memory {
    async fn keep(&self, digest: &BundleDigest, files: &[u8], now: Timestamp) -> Result<(), Fault> {
        let mut tables = self.tables();
        tables.bundles.entry(digest.clone()).or_insert_with(|| (files.to_vec(), now)).1 = now;
        Ok(())
    }

    async fn find(&self, digest: &BundleDigest) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.tables().bundles.get(digest).map(|(files, _)| files.clone()))
    }
}
