//! Storage of interactions: a browser's unfinished trip, between two of its requests.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::{BundleDigest, InteractionId};
use crate::token_hash::TokenHash;
use async_trait::async_trait;

/// An interaction at rest. The engine alone knows the document's inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInteraction {
    /// Its name, part of its pages' URLs.
    pub id: InteractionId,
    /// Hash of the cookie of the browser it belongs to.
    pub browser: TokenHash,
    /// The bundle it began with and ends on.
    pub bundle: BundleDigest,
    /// Grows by one with every save; a save on an older version is refused.
    pub version: i64,
    /// When it is given up.
    pub expires_at: Timestamp,
    /// Everything else, as the engine wrote it.
    pub document: String,
}

/// Largest document, in bytes: a journal that outgrows it ends the interaction with a fault.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Most expired interactions that are taken at once.
pub const EXPIRED_TAKEN_MAX: usize = 64;

/// What an attempt to go on with an interaction found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// This caller may go on; nobody else can until the lease ends or it is saved.
    Yes,
    /// Another request is at it, or it has moved on since it was read.
    No,
}

/// Interactions.
#[async_trait]
pub trait InteractionStore: Send + Sync {
    /// Stores a new one.
    ///
    /// # Errors
    /// A fault of the store; a document over [`DOCUMENT_BYTES_MAX`] is one, here and in a save.
    async fn begin(&self, interaction: &StoredInteraction) -> Result<(), Fault>;

    /// The interaction of that id, expired or not.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, id: &InteractionId) -> Result<Option<StoredInteraction>, Fault>;

    /// Claims version `version` until `lease_until`, so that its effects happen once. Succeeds only when
    /// the stored version is that and no lease runs at `now`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn claim(
        &self,
        id: &InteractionId,
        version: i64,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Claimed, Fault>;

    /// Gives a claim back before its lease ends, with nothing changed: the claimant failed, and whoever comes next may
    /// try at once. `lease_until` is that of the claim, so that a claimant who was overtaken gives back nobody else's.
    /// Answers whether it was there.
    ///
    /// # Errors
    /// A fault of the store.
    async fn release(&self, id: &InteractionId, version: i64, lease_until: Timestamp) -> Result<bool, Fault>;

    /// Saves what the claimant made of it: document and expiry, `version` becoming the stored version;
    /// ends the lease. Succeeds only when the stored version is `version - 1`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn save(&self, interaction: &StoredInteraction) -> Result<Claimed, Fault>;

    /// Removes interactions that have expired at `now`, the longest expired first and at most [`EXPIRED_TAKEN_MAX`], and
    /// answers them: of many callers one gets each.
    ///
    /// # Errors
    /// A fault of the store.
    async fn take_expired(&self, now: Timestamp) -> Result<Vec<StoredInteraction>, Fault>;

    /// Removes a finished interaction; answers whether it was there (a second finisher sees `false`).
    ///
    /// # Errors
    /// A fault of the store.
    async fn finish(&self, id: &InteractionId, version: i64) -> Result<bool, Fault>;
}
