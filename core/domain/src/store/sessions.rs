//! Storage of sessions.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::{SessionId, Subject};
use crate::logout::EndedSession;
use crate::session::Session;
use crate::token_hash::TokenHash;
use async_trait::async_trait;

/// Sessions, by the hash of their cookie.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// The session of that cookie, expired or not.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, cookie: &TokenHash) -> Result<Option<Session>, Fault>;

    /// Begins a session; when `replaces` names an older one of this browser, that one ends in the same
    /// transaction (session fixation: an authentication always changes the cookie). Where that one has another name, its
    /// clients are due to be told (see [`LogoutStore`](super::LogoutStore)).
    ///
    /// # Errors
    /// A fault of the store.
    async fn begin(&self, session: &Session, replaces: Option<&TokenHash>) -> Result<(), Fault>;

    /// The end-user's sessions that live at `now`, that of the latest authentication first; at most
    /// [`LISTED_MAX`](super::LISTED_MAX).
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, subject: &Subject, now: Timestamp) -> Result<Vec<Session>, Fault>;

    /// Ends a session, and makes its clients due to be told; answers it if it was there.
    ///
    /// # Errors
    /// A fault of the store.
    async fn end(&self, id: &SessionId) -> Result<Option<EndedSession>, Fault>;
}
