//! Clients' documents: `jwks_uri`, `sector_identifier_uri`, `request_uri` (RFC 7591 5, OpenID Connect Core 8.1, RFC 9101 10.4). Anyone who may
//! register a client chooses the address, so it is met with the guard's full suspicion.

use crate::address::Reach;
use crate::origin::{has_user, is_web};
use crate::outgoing::{Limits, Outgoing, OutgoingError, Reply, Trip, TripFailed};
use async_trait::async_trait;
use gatewright_domain::fetch::{DOCUMENT_BYTES_MAX, DocumentFetcher, FetchFailed};
use gatewright_protocol::request_object::REQUEST_OBJECT_MAX_BYTES;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Longest wait for a whole document, in milliseconds.
pub const FETCH_TIMEOUT_MS: u64 = 5_000;
/// Longest address that is fetched from, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// Content types that a request object may have (RFC 9101 5.2.3; servers of files know none of the first three).
const JWT_TYPES: [&str; 5] = [
    "application/oauth-authz-req+jwt",
    "application/jwt",
    "application/jose",
    "application/octet-stream",
    "text/plain",
];

/// What the operator allows beyond the rule, which is https at public addresses.
#[derive(Debug, Clone, Default)]
pub struct FetchSettings {
    /// Documents may be at private and loopback addresses, and over http: for trying things out on one machine, and for
    /// networks whose clients are all inside.
    pub private_addresses: bool,
    /// Certificate authorities trusted beside the system's (PEM).
    pub extra_authorities: Option<Vec<u8>>,
}

/// Fetches clients' documents.
pub struct GuardedFetcher {
    outgoing: Outgoing,
    reach: Reach,
}

impl GuardedFetcher {
    /// A fetcher within the settings.
    ///
    /// # Errors
    /// When a certificate authority cannot be read.
    pub fn new(settings: &FetchSettings) -> Result<Self, OutgoingError> {
        let reach = if settings.private_addresses { Reach::PrivateToo } else { Reach::Public };
        Ok(Self { outgoing: Outgoing::new(settings.extra_authorities.as_deref())?, reach })
    }

    fn admit(&self, uri: &str) -> Option<Url> {
        let url = Url::parse(uri).ok()?;
        let is_secure = url.scheme() == "https" || self.reach == Reach::PrivateToo;
        (uri.len() <= ADDRESS_BYTES_MAX && is_web(&url) && is_secure && !has_user(&url)).then_some(url)
    }

    async fn fetch(&self, uri: &str, accept: &'static str, bytes_max: usize) -> Result<Reply, FetchFailed> {
        let url = self.admit(uri).ok_or(FetchFailed::Forbidden)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let trip = Trip {
            method: Method::GET,
            url,
            headers,
            body: None,
            reach: self.reach,
            limits: Limits { time: Duration::from_millis(FETCH_TIMEOUT_MS), bytes_max },
        };
        let reply = self.outgoing.send(trip).await.map_err(|failed| {
            tracing::info!(%uri, ?failed, "a client's document was not fetched");
            match failed {
                TripFailed::AddressRefused => FetchFailed::Forbidden,
                TripFailed::TimedOut | TripFailed::Unreachable(_) => FetchFailed::Unreachable,
                TripFailed::TooLarge(_) => FetchFailed::Unreadable,
            }
        })?;
        if reply.status != StatusCode::OK {
            tracing::info!(%uri, status = reply.status.as_u16(), "a client's document was not fetched");
            return Err(FetchFailed::Unreachable);
        }
        Ok(reply)
    }
}

#[async_trait]
impl DocumentFetcher for GuardedFetcher {
    async fn fetch_json(&self, uri: &str) -> Result<Value, FetchFailed> {
        let reply = self.fetch(uri, "application/json, application/jwk-set+json", DOCUMENT_BYTES_MAX).await?;
        serde_json::from_slice(&reply.body).map_err(|_| FetchFailed::Unreadable)
    }

    async fn fetch_request_object(&self, uri: &str) -> Result<String, FetchFailed> {
        let reply =
            self.fetch(uri, "application/oauth-authz-req+jwt, application/jwt", REQUEST_OBJECT_MAX_BYTES).await?;
        if !is_jwt(&reply.headers) {
            tracing::info!(%uri, "a request object was not taken: its content type is of something else");
            return Err(FetchFailed::Unreadable);
        }
        String::from_utf8(reply.body).map_err(|_| FetchFailed::Unreadable)
    }
}

/// Whether a document may be a JWT by what its server says: one of the types for it, a type that says nothing, or none.
fn is_jwt(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    JWT_TYPES.contains(&essence.as_str())
}

#[cfg(test)]
mod tests;
