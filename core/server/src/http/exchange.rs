//! One request, read: the only place where bytes become parameters.

use super::connection::Connection;
use super::cookies;
use super::face::{self, Face};
use super::service::Service;
use bytes::Bytes;
use gatewright_engine::browser::Browser;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use http::{HeaderMap, Method};

/// A request.
#[derive(Debug)]
pub struct Exchange {
    /// Its method.
    pub method: Method,
    /// What follows the route's own path, for routes that end in a name.
    pub rest: String,
    /// Its query string, undecoded.
    pub query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its whole body.
    pub body: Bytes,
    /// The connection it came on.
    pub connection: Connection,
}

impl Exchange {
    /// The parameters of the query.
    ///
    /// # Errors
    /// `invalid_request` for what is no query.
    pub fn query_params(&self) -> Result<Params, Refusal> {
        Params::parse_query(&self.query).map_err(Refusal::from)
    }

    /// The parameters of the body, which must be a form.
    ///
    /// # Errors
    /// `invalid_request` for another content type or for what is no form.
    pub fn form_params(&self) -> Result<Params, Refusal> {
        if !self.is_form() {
            return Err(Refusal::invalid_request(
                "The request must have the content type application/x-www-form-urlencoded.",
            ));
        }
        Params::parse_form(&self.body).map_err(Refusal::from)
    }

    /// The parameters of the query of a GET, or of the form of a POST.
    ///
    /// # Errors
    /// As the two above.
    pub fn params(&self) -> Result<Params, Refusal> {
        if self.method == Method::POST { self.form_params() } else { self.query_params() }
    }

    /// Whether the body is a form.
    pub fn is_form(&self) -> bool {
        face::essence(&self.headers).eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// Whether the body is said to be JSON.
    pub fn is_json(&self) -> bool {
        face::is_json(&self.headers)
    }

    /// How a page is to be answered.
    pub fn face(&self) -> Face {
        Face::asked_by(&self.headers)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// `Authorization`. One that stands there twice, or is no text, is there and cannot be read: were it taken for
    /// none, two readers of one request could see two clients.
    pub fn authorization(&self) -> Option<&str> {
        let mut lines = self.headers.get_all(AUTHORIZATION).iter();
        match (lines.next(), lines.next()) {
            (None, _) => None,
            (Some(line), None) => Some(line.to_str().unwrap_or_default()),
            (Some(_), Some(_)) => Some(""),
        }
    }

    /// `Accept-Language`.
    pub fn accept_language(&self) -> Option<&str> {
        self.header(ACCEPT_LANGUAGE.as_str())
    }

    /// The browser behind it.
    pub fn browser(&self, service: &Service) -> Browser {
        let https = service.is_https();
        Browser {
            session_cookie: cookies::session(&self.headers, https),
            browser_cookie: cookies::browser(&self.headers, https),
            browser_state: cookies::browser_state(&self.headers, https),
            origin: service.origin(&self.connection, &self.headers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn an_authorization_that_cannot_be_read_is_not_none() {
        let table: [(&[&[u8]], Option<&str>); 4] = [
            (&[], None),
            (&[b"Basic eDp5"], Some("Basic eDp5")),
            (&[b"Basic eDp5", b"Basic eDp5"], Some("")),
            (&[b"Basic \xff"], Some("")),
        ];
        for (lines, read) in table {
            let line = |line: &&[u8]| (AUTHORIZATION, HeaderValue::from_bytes(line).unwrap());
            let exchange = Exchange {
                method: Method::POST,
                rest: String::new(),
                query: String::new(),
                headers: lines.iter().map(line).collect(),
                body: Bytes::new(),
                connection: Connection::default(),
            };
            assert_eq!(exchange.authorization(), read, "{lines:?}");
        }
    }
}
