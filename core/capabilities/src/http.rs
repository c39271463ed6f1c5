//! `http`: requests that a hook sends within its loan.

use crate::outgoing::{Limits, Outgoing, OutgoingError, Reply, Trip, TripFailed};
use crate::{origin, request_headers};
use async_trait::async_trait;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{
    HttpClient, HttpRequest, HttpResponse, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, TIMEOUT_MS_MAX,
};
use gatewright_domain::capabilities::loan::HttpLoan;
use reqwest::Method;
use reqwest::header::HeaderMap;
use std::collections::BTreeMap;
use std::time::Duration;

/// Sends what a loan allows, and nothing else.
pub struct GuardedHttp {
    outgoing: Outgoing,
}

impl GuardedHttp {
    /// A client; `extra_authorities` (PEM) are trusted beside the system's.
    ///
    /// # Errors
    /// When a certificate authority cannot be read.
    pub fn new(extra_authorities: Option<&[u8]>) -> Result<Self, OutgoingError> {
        Ok(Self { outgoing: Outgoing::new(extra_authorities)? })
    }
}

#[async_trait]
impl HttpClient for GuardedHttp {
    async fn send(&self, loan: &HttpLoan, request: HttpRequest) -> Result<HttpResponse, CapabilityError> {
        let trip = admit(loan, &request)?;
        let origin = trip.url.origin().ascii_serialization();
        let reply = self.outgoing.send(trip).await;
        reply.map(response).map_err(|failed| in_words(failed, origin, request.timeout_ms))
    }
}

fn admit(loan: &HttpLoan, request: &HttpRequest) -> Result<Trip, CapabilityError> {
    let invalid = |why: String| CapabilityError::Invalid { why };
    let (url, reach) = origin::admit(loan, &request.url)?;
    let method = match request.method.as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        other => return Err(invalid(format!("method: GET, POST, PUT, PATCH or DELETE, not {other:?}"))),
    };
    if !(1..=TIMEOUT_MS_MAX).contains(&request.timeout_ms) {
        return Err(invalid(format!("timeout_ms: 1 to {TIMEOUT_MS_MAX}")));
    }
    let body = request.body.as_ref();
    if body.is_some_and(|(_, text)| text.expose().len() > REQUEST_BYTES_MAX) {
        return Err(invalid(format!("body: at most {REQUEST_BYTES_MAX} bytes")));
    }
    Ok(Trip {
        method,
        url,
        headers: request_headers::admit(&request.headers, body.map(|(content_type, _)| *content_type))?,
        body: body.map(|(_, text)| text.expose().as_bytes().to_vec()),
        reach,
        limits: Limits { time: Duration::from_millis(request.timeout_ms), bytes_max: RESPONSE_BYTES_MAX },
    })
}

fn response(reply: Reply) -> HttpResponse {
    HttpResponse {
        status: reply.status.as_u16(),
        headers: texts(&reply.headers),
        body: String::from_utf8_lossy(&reply.body).into_owned(),
    }
}

/// Headers that are text, those of one name joined as a list (RFC 9110 5.3).
fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let Ok(value) = value.to_str() else { continue };
        texts
            .entry(name.as_str().to_owned())
            .and_modify(|text| {
                text.push_str(", ");
                text.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    texts
}

fn in_words(failed: TripFailed, origin: String, timeout_ms: u64) -> CapabilityError {
    match failed {
        TripFailed::AddressRefused => {
            CapabilityError::NotLent { what: format!("http to {origin}, which leads to an address inside") }
        }
        TripFailed::TimedOut => {
            CapabilityError::Unreachable { what: origin, why: format!("not within {timeout_ms} ms") }
        }
        TripFailed::Unreachable(why) => CapabilityError::Unreachable { what: origin, why },
        TripFailed::TooLarge(bytes_max) => CapabilityError::TooLarge { bytes_max },
    }
}

#[cfg(test)]
mod tests;
