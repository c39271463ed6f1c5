//! Storage of policy bundles by content, so that an interaction can end on the bundle it began with, over
//! restarts and on any node.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::BundleDigest;
use async_trait::async_trait;

/// How long a bundle is kept that nothing names any more, from when it was last put there, in seconds: 30 days.
pub const BUNDLE_KEPT_S: u64 = 30 * 24 * 3600;

/// Policy bundles. One goes after [`BUNDLE_KEPT_S`] when no interaction, code, token family or session began on it, no
/// node serves it and none of the latest [`HISTORY_NAMES_MAX`](super::HISTORY_NAMES_MAX) activations was of it.
#[async_trait]
pub trait BundleStore: Send + Sync {
    /// Stores a bundle's files under its digest; when they are there, it keeps them for longer.
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
