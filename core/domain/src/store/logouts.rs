//! Storage of who is to be told of a session's end: noted while the session lives, due once it has ended, gone when told.
//!
//! Every call that ends a session makes its clients due in the same transaction: [`SessionStore`](super::SessionStore)
//! where one ends or another end-user's takes its place, [`UserStore`](super::UserStore) where an account is disabled or
//! removed, [`IssuedStore`](super::IssuedStore) where a bundle's sessions end. A session that expires ends silently.

use crate::clock::Timestamp;
use crate::code::Issuance;
use crate::fault::Fault;
use crate::identifiers::SessionId;
use crate::logout::{DueLogout, LogoutPaces, SignedIn};
use async_trait::async_trait;
use gatewright_protocol::client_id::ClientId;

/// Most clients that one call hands out.
pub const LOGOUTS_CLAIMED_MAX: usize = 32;

/// Clients of sessions.
#[async_trait]
pub trait LogoutStore: Send + Sync {
    /// Notes that a client is told who is signed in, while the session is there and has not expired at `now`; a client that
    /// is noted already stays so. [`CodeStore::issue`](super::CodeStore::issue) notes the clients that are given a code.
    ///
    /// # Errors
    /// A fault of the store.
    async fn note(&self, of: &SignedIn, now: Timestamp) -> Result<Issuance, Fault>;

    /// Takes those that are due at `now`, the longest due first, at most [`LOGOUTS_CLAIMED_MAX`]. Each counts as tried once
    /// more and is due again after the pause of `paces`: of several nodes one gets it, and when that one dies the next try
    /// is made all the same.
    ///
    /// # Errors
    /// A fault of the store.
    async fn claim_due(&self, now: Timestamp, paces: LogoutPaces) -> Result<Vec<DueLogout>, Fault>;

    /// Forgets one that was told, or is given up; answers whether it was there.
    ///
    /// # Errors
    /// A fault of the store.
    async fn settle(&self, session: &SessionId, client: &ClientId) -> Result<bool, Fault>;
}
