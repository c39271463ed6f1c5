//! What a URL answers in a test.

use crate::bindings::http;
use crate::value::Value;

/// An answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Response(pub(super) http::Response);

impl Response {
    /// An answer with this status and nothing else.
    pub fn status(status: u16) -> Self {
        Self(http::Response { status, headers: Vec::new(), body: String::new() })
    }

    /// A 200 answer of JSON.
    pub fn json(value: impl Into<Value>) -> Self {
        Self::status(200).header("content-type", "application/json").body(&value.into().to_string())
    }

    /// With a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.0.body = body.to_owned();
        self
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = status;
        self
    }
}
