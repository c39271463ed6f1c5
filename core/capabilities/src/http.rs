//! `http`: a hook's requests, within what its binding was lent.

use crate::guard::{AddressRule, OutgoingError, client, literal_address, read_limited};
use async_trait::async_trait;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{
    HttpClient, HttpRequest, HttpResponse, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, TIMEOUT_MS_MAX,
};
use gatewright_domain::capabilities::loan::HttpLoan;
use gatewright_domain::secret::SecretText;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// Methods a hook may use.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// Headers that are the client's own business.
const RESERVED_HEADERS: [&str; 5] = ["host", "content-length", "transfer-encoding", "connection", "upgrade"];

/// Sends hooks' requests.
pub struct GuardedHttp {
    public: Client,
    any: Client,
}

impl GuardedHttp {
    /// A client; `extra_authorities` (PEM) are trusted beside the system's.
    ///
    /// # Errors
    /// When a certificate authority cannot be read.
    pub fn new(extra_authorities: Option<&[u8]>) -> Result<Self, OutgoingError> {
        Ok(Self {
            public: client(AddressRule::PublicOnly, extra_authorities)?,
            any: client(AddressRule::Any, extra_authorities)?,
        })
    }
}

#[async_trait]
impl HttpClient for GuardedHttp {
    async fn send(&self, loan: &HttpLoan, request: HttpRequest) -> Result<HttpResponse, CapabilityError> {
        let (url, rule) = admit(loan, &request.url)?;
        let http = if rule == AddressRule::Any { &self.any } else { &self.public };
        let method = method(&request.method)?;
        let mut outgoing = http.request(method, url.clone());
        outgoing = outgoing.timeout(Duration::from_millis(request.timeout_ms.clamp(1, TIMEOUT_MS_MAX)));
        for (name, value) in &request.headers {
            let (name, value) = header(name, value)?;
            outgoing = outgoing.header(name, value);
        }
        if let Some((content_type, body)) = &request.body {
            if body.expose().len() > REQUEST_BYTES_MAX {
                return Err(invalid(format!("a request body has at most {REQUEST_BYTES_MAX} bytes")));
            }
            outgoing = outgoing.header("content-type", *content_type).body(body.expose().to_owned());
        }
        let response = outgoing.send().await.map_err(|error| unreachable(&url, &error))?;
        read(&url, response).await
    }
}

/// The URL, if it is within the loan, and which addresses it may lead to.
fn admit(loan: &HttpLoan, text: &str) -> Result<(Url, AddressRule), CapabilityError> {
    let url = Url::parse(text).map_err(|_| invalid(format!("`{}` is no absolute URL", shortened(text))))?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("a URL must begin with https:// or http:// and hold no password".into()));
    }
    let origin = url.origin().ascii_serialization();
    if !loan.origins.contains(&origin) {
        return Err(CapabilityError::NotLent { what: format!("requests to {origin}") });
    }
    let named = literal_address(&url).is_some() || url.host_str() == Some("localhost");
    let rule = if named || loan.private_addresses { AddressRule::Any } else { AddressRule::PublicOnly };
    Ok((url, rule))
}

fn method(text: &str) -> Result<Method, CapabilityError> {
    match Method::from_bytes(text.as_bytes()) {
        Ok(method) if METHODS.contains(&text) => Ok(method),
        _ => Err(invalid(format!("a method is one of {}", METHODS.join(", ")))),
    }
}

fn header(name: &str, value: &SecretText) -> Result<(HeaderName, HeaderValue), CapabilityError> {
    let wrong = || invalid(format!("the header `{}` cannot be sent", shortened(name)));
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    if RESERVED_HEADERS.contains(&name.as_str()) {
        return Err(wrong());
    }
    let mut value = HeaderValue::from_str(value.expose()).map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok((name, value))
}

async fn read(url: &Url, response: Response) -> Result<HttpResponse, CapabilityError> {
    use crate::guard::BodyUnread;
    let status = response.status().as_u16();
    let headers: BTreeMap<String, String> = response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    match read_limited(response, RESPONSE_BYTES_MAX).await {
        Ok(body) => Ok(HttpResponse { status, headers, body: String::from_utf8_lossy(&body).into_owned() }),
        Err(BodyUnread::TooLarge) => Err(CapabilityError::TooLarge { bytes_max: RESPONSE_BYTES_MAX }),
        Err(BodyUnread::Broken(error)) => Err(unreachable(url, &error)),
    }
}

fn unreachable(url: &Url, error: &reqwest::Error) -> CapabilityError {
    let why = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection, or only to addresses that were not lent"
    } else {
        "the exchange broke off"
    };
    CapabilityError::Unreachable { what: url.origin().ascii_serialization(), why: why.into() }
}

fn invalid(why: String) -> CapabilityError {
    CapabilityError::Invalid { why }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loan(origins: &[&str]) -> HttpLoan {
        HttpLoan { origins: origins.iter().map(|origin| (*origin).to_owned()).collect(), private_addresses: false }
    }

    #[test]
    fn a_request_goes_to_a_lent_origin_or_nowhere() {
        let lent = loan(&["https://risk.example.com", "http://127.0.0.1:9000", "http://localhost:9001"]);
        for (url, expected) in [
            ("https://risk.example.com/score?x=1", Some(AddressRule::PublicOnly)),
            ("https://risk.example.com:443/", Some(AddressRule::PublicOnly)),
            ("http://127.0.0.1:9000/x", Some(AddressRule::Any)),
            ("http://2130706433:9000/x", Some(AddressRule::Any)),
            ("http://localhost:9001/x", Some(AddressRule::Any)),
            ("http://risk.example.com/", None),
            ("https://risk.example.com:8443/", None),
            ("https://risk.example.com.evil.example/", None),
            ("https://evil.example/?https://risk.example.com", None),
            ("https://risk.example.com@evil.example/", None),
            ("https://user:pw@risk.example.com/", None),
            ("http://127.0.0.1:9001/", None),
            ("file:///etc/passwd", None),
            ("/relative", None),
        ] {
            assert_eq!(admit(&lent, url).ok().map(|(_, rule)| rule), expected, "{url}");
        }
    }

    #[test]
    fn a_header_cannot_smuggle_another() {
        for (name, value) in [("host", "x"), ("a b", "x"), ("x", "a\r\nb: c"), ("Content-Length", "1")] {
            assert!(header(name, &SecretText::new(value)).is_err(), "{name}");
        }
        assert!(header("X-Api-Key", &SecretText::new("k")).is_ok());
        for bad in ["TRACE", "get", "CONNECT", "A B"] {
            assert!(method(bad).is_err(), "{bad}");
        }
    }
}
