//! Storage of remembered consent.

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

    /// Forgets it; answers whether there was one.
    ///
    /// # Errors
    /// A fault of the store.
    async fn forget(&self, subject: &Subject, client: &ClientId) -> Result<bool, Fault>;
}
