//! Documents that clients point at: `jwks_uri`, `sector_identifier_uri`, `request_uri`. Fetched under a guard against
//! requests to places inside (RFC 7591 5, OpenID Connect Core 8.1, RFC 9101 10.4).

use async_trait::async_trait;
use serde_json::Value;

/// Why a document could not be had. All of them are the client's to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchFailed {
    /// The address is not one the server fetches from (scheme, private address).
    #[error("the server does not fetch from that address")]
    Forbidden,
    /// No answer in time, a refused connection, or a status other than 200.
    #[error("the document could not be fetched")]
    Unreachable,
    /// Too large, or not what it should be.
    #[error("the document is too large, or of another kind than it should be")]
    Unreadable,
}

/// Largest fetched document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Fetches a client's JSON documents.
#[async_trait]
pub trait DocumentFetcher: Send + Sync {
    /// The JSON at `uri`; no redirects are followed.
    ///
    /// # Errors
    /// Why not.
    async fn fetch_json(&self, uri: &str) -> Result<Value, FetchFailed>;

    /// The request object at `uri`, of at most
    /// [`REQUEST_OBJECT_MAX_BYTES`](gatewright_protocol::request_object::REQUEST_OBJECT_MAX_BYTES); no redirects are followed.
    ///
    /// # Errors
    /// Why not.
    async fn fetch_request_object(&self, uri: &str) -> Result<String, FetchFailed>;
}
