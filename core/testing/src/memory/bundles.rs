//! Policy bundles in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::BundleStore;

#[async_trait]
impl BundleStore for Memory {
    async fn keep(&self, digest: &BundleDigest, files: &[u8], _now: Timestamp) -> Result<(), Fault> {
        self.tables().bundles.entry(digest.clone()).or_insert_with(|| files.to_vec());
        Ok(())
    }

    async fn find(&self, digest: &BundleDigest) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.tables().bundles.get(digest).cloned())
    }
}
