//! Storage of policy bundles by content, so that an interaction can end on the bundle it began with, over
//! restarts and on any node.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::BundleDigest;
use async_trait::async_trait;

/// Policy bundles.
#[async_trait]
pub trait BundleStore: Send + Sync {
    /// Stores a bundle's files under its digest; does nothing when they are there.
    ///
    /// # Errors
    /// A fault of the store.
    async fn keep(&self, digest: &BundleDigest, files: &[u8], now: Timestamp) -> Result<(), Fault>;

    /// The files of a bundle.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, digest: &BundleDigest) -> Result<Option<Vec<u8>>, Fault>;
}
