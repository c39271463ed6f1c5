//! `http`: requests to the hosts a binding was lent, and no others.

use super::CapabilityError;
use super::loan::HttpLoan;
use crate::flow::SecretRef;
use crate::secret::SecretText;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Largest answer, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 256 * 1024;
/// Largest request body, in bytes.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Longest wait for the whole answer, in milliseconds; also the default.
pub const TIMEOUT_MS_MAX: u64 = 5_000;

/// A request as a hook describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpCall {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// Absolute http or https URL.
    pub url: String,
    /// Headers; a value may be a secret by reference.
    pub headers: BTreeMap<String, HttpText>,
    /// The body and, with it, its content type.
    pub body: Option<HttpBody>,
    /// Longest wait, in milliseconds, at most [`TIMEOUT_MS_MAX`].
    pub timeout_ms: u64,
}

/// Text that may be a secret the hook holds by reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpText {
    /// Plain.
    Plain(String),
    /// A secret, put in by the host, with what stands before it (`Bearer `).
    Secret {
        /// Text before it.
        before: String,
        /// Which secret.
        secret: SecretRef,
    },
}

/// A request body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpBody {
    /// `application/json`.
    Json(serde_json::Value),
    /// `application/x-www-form-urlencoded`.
    Form(BTreeMap<String, HttpText>),
    /// `text/plain`.
    Text(String),
}

/// A request with its secrets put in: never stored, never printed.
pub struct HttpRequest {
    /// As in [`HttpCall`].
    pub method: String,
    /// As in [`HttpCall`].
    pub url: String,
    /// Headers in clear.
    pub headers: BTreeMap<String, SecretText>,
    /// Body in clear with its content type.
    pub body: Option<(&'static str, SecretText)>,
    /// As in [`HttpCall`].
    pub timeout_ms: u64,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// Status code; a redirect is answered as it is, never followed.
    pub status: u16,
    /// Headers by lower-case name, those that are text.
    pub headers: BTreeMap<String, String>,
    /// Body as text (invalid UTF-8 replaced).
    pub body: String,
}

/// Sends requests within a loan.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends `request` if `loan` allows it.
    ///
    /// # Errors
    /// [`CapabilityError::NotLent`] for a host or address outside the loan, and what else went wrong.
    async fn send(&self, loan: &HttpLoan, request: HttpRequest) -> Result<HttpResponse, CapabilityError>;
}
