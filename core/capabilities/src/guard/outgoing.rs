//! The outgoing HTTP client: no redirects, no proxy, no cookies, a limit on everything.

use super::address::AddressRule;
use super::resolver::GuardedResolver;
use reqwest::{Certificate, Client, Response};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a connection, in milliseconds.
const CONNECT_MS_MAX: u64 = 3_000;

/// Why the outgoing client cannot be made.
#[derive(Debug)]
pub struct OutgoingError(reqwest::Error);

impl std::fmt::Display for OutgoingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the client for outgoing requests cannot be made: {}", self.0)
    }
}

impl std::error::Error for OutgoingError {}

/// A client that connects only to what `rule` allows, trusting the system's certificate authorities and `extra`
/// (PEM).
pub(crate) fn client(rule: AddressRule, extra: Option<&[u8]>) -> Result<Client, OutgoingError> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent("gatewright")
        .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
        .dns_resolver(Arc::new(GuardedResolver(rule)));
    if let Some(pem) = extra {
        for certificate in Certificate::from_pem_bundle(pem).map_err(OutgoingError)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build().map_err(OutgoingError)
}

/// Why a body was not read.
pub(crate) enum BodyUnread {
    /// It has more bytes than allowed.
    TooLarge,
    /// It broke off.
    Broken(reqwest::Error),
}

/// A body of at most `bytes_max`; a longer one is given up as soon as that is known.
pub(crate) async fn read_limited(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, BodyUnread> {
    let announced = response.content_length().unwrap_or(0);
    if announced > bytes_max as u64 {
        return Err(BodyUnread::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyUnread::Broken)? {
        if body.len() + chunk.len() > bytes_max {
            return Err(BodyUnread::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
