//! Storage of security events.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::{EventId, Subject};
use crate::security_event::SecurityEvent;
use async_trait::async_trait;

/// Most events kept of one account: with one more the oldest goes.
pub const EVENTS_MAX: usize = 100;

/// Security events, by account. They go with the account, and after [`crate::security_event::EVENT_KEPT_S`].
#[async_trait]
pub trait SecurityEventStore: Send + Sync {
    /// Writes an event down.
    ///
    /// # Errors
    /// A fault of the store.
    async fn record(&self, event: &SecurityEvent) -> Result<(), Fault>;

    /// The account's events, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault>;

    /// Those of the account that its end-user is to be told of and was not yet, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    async fn untold(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault>;

    /// Remembers that the end-user was told of these.
    ///
    /// # Errors
    /// A fault of the store.
    async fn told(&self, events: &[EventId], now: Timestamp) -> Result<(), Fault>;
}
