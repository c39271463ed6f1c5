//! Storage of pushed authorization requests (RFC 9126).

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::pushed_request::PushedRequest;
use crate::token_hash::TokenHash;
use async_trait::async_trait;

/// Pushed authorization requests. They are swept at the end of `kept_until`, and go with their client.
#[async_trait]
pub trait PushedRequestStore: Send + Sync {
    /// Stores a pushed request; of one hash it is a fault to store two.
    ///
    /// # Errors
    /// A fault of the store.
    async fn push(&self, request: &PushedRequest) -> Result<(), Fault>;

    /// The request under that hash, expired or not, and whether it was completed.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, hash: &TokenHash) -> Result<Option<(PushedRequest, bool)>, Fault>;

    /// Completes it: exactly one caller ever gets `true`. What is not there is not completed.
    ///
    /// # Errors
    /// A fault of the store.
    async fn complete(&self, hash: &TokenHash, now: Timestamp) -> Result<bool, Fault>;
}
