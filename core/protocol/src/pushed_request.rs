//! Pushed authorization requests: what a client gets for one, and how it names it later (RFC 9126 2.2).

use std::fmt;

use serde::Serialize;

/// How the names of pushed requests begin.
pub const PUSHED_REQUEST_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// The answer to a client that pushed a request. It goes out once, so it is not `Clone`.
#[derive(PartialEq, Eq, Serialize)]
pub struct PushedRequestResponse {
    request_uri: String,
    expires_in: u64,
}

impl PushedRequestResponse {
    /// The answer that names a request by `reference`, for so many seconds.
    #[must_use]
    pub fn new(reference: &str, expires_in: u64) -> Self {
        Self { request_uri: format!("{PUSHED_REQUEST_PREFIX}{reference}"), expires_in }
    }

    /// The name, to be sent.
    #[must_use]
    pub fn request_uri(&self) -> &str {
        &self.request_uri
    }

    /// Seconds for which it can be used.
    #[must_use]
    pub const fn expires_in(&self) -> u64 {
        self.expires_in
    }
}

/// The name is as good as the request it stands for.
impl fmt::Debug for PushedRequestResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PushedRequestResponse").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What a `request_uri` names a pushed request by; none when it is the address of a document.
#[must_use]
pub fn reference(request_uri: &str) -> Option<&str> {
    request_uri.strip_prefix(PUSHED_REQUEST_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_rfc_9126_and_its_name_leads_back() {
        let response = PushedRequestResponse::new("abc", 60);
        let body = serde_json::to_string(&response).unwrap();
        assert_eq!(body, r#"{"request_uri":"urn:ietf:params:oauth:request_uri:abc","expires_in":60}"#);
        assert_eq!(reference(response.request_uri()), Some("abc"));
        assert!(!format!("{response:?}").contains("abc"));
        for other in ["https://client.example/request.jwt", "urn:ietf:params:oauth:request_uri", "abc", ""] {
            assert_eq!(reference(other), None, "{other}");
        }
    }
}
