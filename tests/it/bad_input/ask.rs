//! A request, put together piece by piece and sent as it is: nothing is mended on the way.

use crate::world::Server;
use crate::world::relying_party::basic;
use crate::world::wire::{Reply, say};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// The content type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Parameters of a query or a form.
#[derive(Debug, Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// These, in this order.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| (encoded(name), encoded(value))).collect())
    }

    /// With this value in place of any other of that name.
    pub fn with(&self, name: &str, value: &str) -> Self {
        self.with_raw(name, &encoded(value))
    }

    /// The same with a value that is encoded already, or ought to be.
    pub fn with_raw(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(name);
        changed.0.push((encoded(name), value.to_owned()));
        changed
    }

    /// Without any of that name.
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(held, _)| *held != encoded(name)).cloned().collect())
    }

    /// With one more of that name, whatever is there.
    pub fn and(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        changed.0.push((encoded(name), encoded(value)));
        changed
    }

    /// As they travel.
    pub fn text(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// A request.
#[derive(Debug, Clone)]
pub struct Ask {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Ask {
    /// With any method, for any target.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: None }
    }

    /// A GET with these parameters.
    pub fn get(path: &str, query: &Parameters) -> Self {
        Self::new("GET", &format!("{path}?{}", query.text()))
    }

    /// A posted form.
    pub fn post(path: &str, form: &Parameters) -> Self {
        Self::new("POST", path).body(FORM, form.text())
    }

    /// A posted JSON document.
    pub fn json(path: &str, document: &Value) -> Self {
        Self::new("POST", path).body("application/json", document.to_string())
    }

    /// With a header more.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With this body of this content type.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// With this body and no word of what it is.
    pub fn bare_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// With a client's secret (RFC 6749 2.3.1).
    pub fn basic(self, id: &str, secret: &str) -> Self {
        self.header("authorization", &basic(id, secret))
    }

    /// With an access token (RFC 6750 2.1).
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With cookies.
    pub fn cookies(self, cookies: &str) -> Self {
        self.header("cookie", cookies)
    }

    /// Its bytes.
    pub fn bytes(&self, server: &Server) -> Vec<u8> {
        let host = Url::parse(&server.issuer).unwrap();
        let host = format!("{}:{}", host.host_str().unwrap(), host.port().unwrap());
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = &self.body {
            head += &format!("content-length: {}\r\n", body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }

    /// What came of it. `None` when the server hung up without a word.
    pub fn send(&self, server: &Server) -> Option<Reply> {
        Reply::read(&say(server, &self.bytes(server)))
    }
}
