//! What the servers of one database tell one another as it happens. Nothing of it is stored: whoever does not listen at
//! that moment misses it.

use crate::fault::Fault;
use async_trait::async_trait;
use std::sync::Arc;

/// Longest bulletin, in bytes: PostgreSQL carries less than 8000 with a notice.
pub const BULLETIN_BYTES_MAX: usize = 7_900;
/// So many of the latest bulletins are kept for whoever listens and is slow.
pub const BULLETINS_KEPT_MAX: usize = 64;

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The number of the latest bulletin.
    pub number: u64,
    /// The bulletins, in order.
    pub texts: Vec<Arc<str>>,
    /// Whether others were lost before or between them.
    pub missed: bool,
}

/// Bulletins.
#[async_trait]
pub trait BulletinStore: Send + Sync {
    /// Tells every server over the database that listens, this one too. Processes on one SQLite file do not hear each other.
    ///
    /// # Errors
    /// A fault of the store; a text that is longer than [`BULLETIN_BYTES_MAX`].
    async fn post(&self, text: &str) -> Result<(), Fault>;

    /// Waits for bulletins after the one of the number `since`; 0 is before the first that this process heard.
    async fn heard(&self, since: u64) -> Heard;
}
