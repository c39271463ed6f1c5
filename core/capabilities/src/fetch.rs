//! Clients' documents: `jwks_uri`, `sector_identifier_uri` (RFC 7591 5, OpenID Connect Core 8.1). Anyone who may
//! register a client chooses the address, so it is met with the guard's full suspicion.

use crate::address::Reach;
use crate::origin::{has_user, is_web};
use crate::outgoing::{Limits, Outgoing, OutgoingError, Trip, TripFailed};
use async_trait::async_trait;
use gatewright_domain::fetch::{DOCUMENT_BYTES_MAX, DocumentFetcher, FetchFailed};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Longest wait for a whole document, in milliseconds.
pub const FETCH_TIMEOUT_MS: u64 = 5_000;
/// Longest address that is fetched from, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_048;

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
}

#[async_trait]
impl DocumentFetcher for GuardedFetcher {
    async fn fetch_json(&self, uri: &str) -> Result<Value, FetchFailed> {
        let url = self.admit(uri).ok_or(FetchFailed::Forbidden)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/jwk-set+json"));
        let trip = Trip {
            method: Method::GET,
            url,
            headers,
            body: None,
            reach: self.reach,
            limits: Limits { time: Duration::from_millis(FETCH_TIMEOUT_MS), bytes_max: DOCUMENT_BYTES_MAX },
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
        serde_json::from_slice(&reply.body).map_err(|_| FetchFailed::Unreadable)
    }
}

#[cfg(test)]
mod tests;
