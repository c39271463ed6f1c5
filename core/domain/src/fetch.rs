//! Documents that clients point at: `jwks_uri`, `sector_identifier_uri`. Fetched under a guard against
//! requests to places inside (RFC 7591 5, OpenID Connect Core 8.1).

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
    /// Too large or no JSON.
    #[error("the document is too large or not JSON")]
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
}
