//! Removal of what has expired.

use crate::clock::Timestamp;
use crate::fault::Fault;
use async_trait::async_trait;

/// Most rows one sweep removes from one table, so that it never holds the writer for long.
pub const SWEEP_BATCH_MAX: usize = 500;

/// Removes expired rows.
#[async_trait]
pub trait Sweeper: Send + Sync {
    /// Removes at most [`SWEEP_BATCH_MAX`] expired rows a table; answers how many went. A redeemed code
    /// stays until its family has expired, so that its replay is still recognised. A bundle goes as
    /// [`BundleStore`](super::BundleStore) says, and what was said of its push with it.
    ///
    /// # Errors
    /// A fault of the store.
    async fn sweep(&self, now: Timestamp) -> Result<u64, Fault>;
}
