//! Storage of clients.

use crate::client::Client;
use crate::fault::Fault;
use async_trait::async_trait;
use gatewright_protocol::client_id::ClientId;
use std::sync::Arc;

/// Clients. Reads come from a snapshot in memory that is at most a second behind other nodes and never
/// behind this one.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// The client of that id.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, id: &ClientId) -> Result<Option<Arc<Client>>, Fault>;

    /// Adds a client or replaces the one of its id.
    ///
    /// # Errors
    /// A fault of the store.
    async fn save(&self, client: &Client) -> Result<(), Fault>;

    /// Replaces the client of its id, where the stored one is still `expected`; answers whether it was: of two who read the
    /// same client and change it at once, one does.
    ///
    /// # Errors
    /// A fault of the store.
    async fn replace(&self, expected: &Client, client: &Client) -> Result<bool, Fault>;

    /// Removes a client with everything issued to it: codes, families, refresh and opaque access tokens,
    /// consents. Answers whether there was one.
    ///
    /// # Errors
    /// A fault of the store.
    async fn remove(&self, id: &ClientId) -> Result<bool, Fault>;

    /// At most `limit` clients by id, from the first id after `after`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, after: Option<&ClientId>, limit: usize) -> Result<Vec<Client>, Fault>;
}
