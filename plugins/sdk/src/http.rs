//! Requests to the origins that were lent: `http::post(url).json(body).send()?`.

use crate::bindings::http as wire;
use crate::failure::Failure;
use crate::host;
use crate::value::{Value, from_wire, to_wire};

/// Longest wait for an answer where a request does not say: as long as the server allows.
const TIMEOUT_MS: u64 = 5_000;

/// Text of a header or of a form's field: plain, a [`Secret`](crate::Secret), or a [`bearer`](crate::bearer).
#[derive(Debug, Clone)]
pub struct Text(pub(crate) wire::Text);

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(wire::Text::Plain(text.to_owned()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(wire::Text::Plain(text))
    }
}

/// A request being described.
#[derive(Debug, Clone)]
#[must_use = "a request is sent by `send`"]
pub struct Request(wire::Request);

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Status code (RFC 9110 section 15).
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// What it says, as text.
    pub body: String,
}

/// A GET request.
pub fn get(url: impl Into<String>) -> Request {
    request("GET", url)
}

/// A POST request.
pub fn post(url: impl Into<String>) -> Request {
    request("POST", url)
}

/// A request with any method.
pub fn request(method: &str, url: impl Into<String>) -> Request {
    Request(wire::Request {
        method: method.to_owned(),
        url: url.into(),
        headers: Vec::new(),
        body: None,
        timeout_ms: TIMEOUT_MS,
    })
}

/// Text as a part of a URL: everything but unreserved characters (RFC 3986 section 2.3) is percent-encoded.
pub fn url_encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
            encoded.push('%');
            encoded.extend(digits);
        }
    }
    encoded
}

impl Request {
    /// With a header field.
    pub fn header(mut self, name: &str, value: impl Into<Text>) -> Self {
        self.0.headers.push((name.to_owned(), value.into().0));
        self
    }

    /// With a value sent as JSON.
    pub fn json(mut self, value: impl Into<Value>) -> Self {
        self.0.body = Some(wire::Body::Json(to_wire(&value.into())));
        self
    }

    /// With a field of a form (`application/x-www-form-urlencoded`); call it for each.
    pub fn form(mut self, name: &str, value: impl Into<Text>) -> Self {
        let mut fields = match self.0.body.take() {
            Some(wire::Body::Form(fields)) => fields,
            _ => Vec::new(),
        };
        fields.push((name.to_owned(), value.into().0));
        self.0.body = Some(wire::Body::Form(fields));
        self
    }

    /// With plain text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.body = Some(wire::Body::Plain(text.into()));
        self
    }

    /// Waits no longer for the answer than so many milliseconds.
    pub fn timeout_ms(mut self, timeout_ms: u64) -> Self {
        self.0.timeout_ms = timeout_ms;
        self
    }

    /// Sends it, and waits for the answer.
    ///
    /// # Errors
    /// Not lent, over a limit of the server, or nobody answers. Any status is an answer.
    pub fn send(self) -> Result<Response, Failure> {
        let answer = host::http::send(&self.0)?;
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }
}

impl Response {
    /// The header field `name`, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> Result<Value, Failure> {
        host::http::parse_json(&self.body).map(from_wire)
    }
}
