//! Storage of remembered consent.

use crate::clock::Timestamp;
use crate::consent::Consent;
use crate::fault::Fault;
use crate::identifiers::Subject;
use async_trait::async_trait;
use gatewright_protocol::client_id::ClientId;

/// Remembered consents.
#[async_trait]
pub trait ConsentStore: Send + Sync {
    /// What `subject` allowed `client`, expired or not.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, subject: &Subject, client: &ClientId) -> Result<Option<Consent>, Fault>;

    /// Remembers a consent: its scope and its claims are added to what was allowed before (in one transaction), its
    /// expiry replaces the old one. What had expired when it was granted is not added to, so that it does not
    /// come back unasked.
    ///
    /// # Errors
    /// A fault of the store.
    async fn remember(&self, consent: &Consent) -> Result<(), Fault>;

    /// What `subject` allowed and has not expired at `now`, by client; at most [`LISTED_MAX`](super::LISTED_MAX).
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, subject: &Subject, now: Timestamp) -> Result<Vec<Consent>, Fault>;

    /// Who allowed `client` something that has not expired at `now`: at most `limit` consents by subject, from the first
    /// subject after `after`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list_of_client(
        &self,
        client: &ClientId,
        after: Option<&Subject>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Consent>, Fault>;

    /// Withdraws it: the consent is forgotten, every token family that `client` has on behalf of `subject` is revoked, with
    /// `offline_access` or without, and codes that were not redeemed go, all in one transaction: what was allowed ends
    /// with the permission. Answers whether there was any of it.
    ///
    /// # Errors
    /// A fault of the store.
    async fn withdraw(&self, subject: &Subject, client: &ClientId, now: Timestamp) -> Result<bool, Fault>;
}
