//! Clients' documents (`jwks_uri`, `sector_identifier_uri`): a stranger chose the address (RFC 7591 5, OpenID Connect
//! Core 8.1).

use super::address::{AddressRule, literal_address};
use super::outgoing::{OutgoingError, client, read_limited};
use async_trait::async_trait;
use gatewright_domain::fetch::{DOCUMENT_BYTES_MAX, DocumentFetcher, FetchFailed};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Longest wait for a document, in milliseconds.
const FETCH_MS_MAX: u64 = 5_000;

/// What the operator allows beyond the rule.
#[derive(Debug, Clone, Default)]
pub struct FetchSettings {
    /// Documents may be at private and loopback addresses, and over http: for quickstarts and test beds.
    pub private_addresses: bool,
    /// Certificate authorities trusted beside the system's (PEM).
    pub extra_authorities: Option<Vec<u8>>,
}

/// Fetches clients' documents.
pub struct GuardedFetcher {
    http: Client,
    rule: AddressRule,
}

impl GuardedFetcher {
    /// A fetcher within the settings.
    ///
    /// # Errors
    /// When a certificate authority cannot be read.
    pub fn new(settings: &FetchSettings) -> Result<Self, OutgoingError> {
        let rule = if settings.private_addresses { AddressRule::Any } else { AddressRule::PublicOnly };
        Ok(Self { http: client(rule, settings.extra_authorities.as_deref())?, rule })
    }

    fn admit(&self, uri: &str) -> Result<Url, FetchFailed> {
        let url = Url::parse(uri).map_err(|_| FetchFailed::Forbidden)?;
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && self.rule == AddressRule::Any);
        let address = literal_address(&url).is_none_or(|address| self.rule.allows(address));
        let plain = url.username().is_empty() && url.password().is_none();
        if scheme && address && plain { Ok(url) } else { Err(FetchFailed::Forbidden) }
    }
}

#[async_trait]
impl DocumentFetcher for GuardedFetcher {
    async fn fetch_json(&self, uri: &str) -> Result<Value, FetchFailed> {
        let url = self.admit(uri)?;
        let request = self.http.get(url).timeout(Duration::from_millis(FETCH_MS_MAX));
        let response = request.header("accept", "application/json").send().await;
        let response = response.map_err(|_| FetchFailed::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(FetchFailed::Unreachable);
        }
        let body = read_limited(response, DOCUMENT_BYTES_MAX).await.map_err(|_| FetchFailed::Unreadable)?;
        serde_json::from_slice(&body).map_err(|_| FetchFailed::Unreadable)
    }
}
