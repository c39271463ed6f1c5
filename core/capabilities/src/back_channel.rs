//! Logout tokens on their way to clients (Back-Channel Logout 1.0, 2.5). Anyone who may register a client chooses the
//! address, so it is met with the guard's full suspicion; of the answer only the status counts.

use crate::address::Reach;
use crate::fetch::FetchSettings;
use crate::origin::{has_user, is_web};
use crate::outgoing::{Limits, Outgoing, OutgoingError, Trip, TripFailed};
use async_trait::async_trait;
use gatewright_domain::logout::{BackChannel, NotTold};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use std::time::Duration;
use url::{Url, form_urlencoded};

/// Longest answer that is read, in bytes: nobody looks at what it says.
pub const LOGOUT_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Posts logout tokens.
pub struct GuardedBackChannel {
    outgoing: Outgoing,
    reach: Reach,
    timeout: Duration,
}

impl GuardedBackChannel {
    /// Within the settings that clients' documents are fetched by; a try takes `timeout` at most.
    ///
    /// # Errors
    /// When a certificate authority cannot be read.
    pub fn new(settings: &FetchSettings, timeout: Duration) -> Result<Self, OutgoingError> {
        let reach = if settings.private_addresses { Reach::PrivateToo } else { Reach::Public };
        Ok(Self { outgoing: Outgoing::new(settings.extra_authorities.as_deref())?, reach, timeout })
    }

    fn admit(&self, uri: &str) -> Option<Url> {
        let url = Url::parse(uri).ok()?;
        let is_secure = url.scheme() == "https" || self.reach == Reach::PrivateToo;
        (is_web(&url) && is_secure && !has_user(&url)).then_some(url)
    }
}

#[async_trait]
impl BackChannel for GuardedBackChannel {
    async fn post_logout_token(&self, uri: &str, token: &str) -> Result<(), NotTold> {
        let url = self.admit(uri).ok_or(NotTold::Forbidden)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
        let trip = Trip {
            method: Method::POST,
            url,
            headers,
            body: Some(body.into_bytes()),
            reach: self.reach,
            limits: Limits { time: self.timeout, bytes_max: LOGOUT_ANSWER_BYTES_MAX },
        };
        match self.outgoing.send(trip).await {
            Ok(reply) if matches!(reply.status, StatusCode::OK | StatusCode::NO_CONTENT) => Ok(()),
            Ok(reply) => Err(NotTold::Status(reply.status.as_u16())),
            Err(TripFailed::AddressRefused) => Err(NotTold::Forbidden),
            Err(TripFailed::TimedOut) => Err(NotTold::TimedOut),
            Err(TripFailed::Unreachable(why)) => Err(NotTold::Unreachable(why)),
            Err(TripFailed::TooLarge(bytes)) => Err(NotTold::Unreachable(format!("its answer is over {bytes} bytes"))),
        }
    }
}

#[cfg(test)]
mod tests;
