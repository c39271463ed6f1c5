//! An HTTP answer, read as the endpoint it came from should have given it.

use super::failure::Failure;
use super::html;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// Most characters of a page or an error that are repeated in a report.
pub(super) const EXCERPT_CHARS_MAX: usize = 160;

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) endpoint: &'static str,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The error object of RFC 6749 section 5.2.
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Answer {
    /// The JSON document of a successful answer.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if !self.status.is_success() {
            return Err(self.refusal());
        }
        serde_json::from_slice(&self.body).map_err(|error| self.malformed(error.to_string()))
    }

    /// Whether the answer says it is JSON; userinfo may also be a JWT (OpenID Connect Core 5.3.2).
    pub(super) fn is_json(&self) -> bool {
        self.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"))
    }

    /// Where the answer redirects to, if it does.
    pub(super) fn location(&self) -> Option<&str> {
        if self.status.is_redirection() { self.header(header::LOCATION) } else { None }
    }

    /// An unsuccessful answer as a failure: by its RFC code if it has one, else by its status.
    pub(super) fn refusal(&self) -> Failure {
        match serde_json::from_slice::<ErrorBody>(&self.body) {
            Ok(body) => {
                Failure::Refused { endpoint: self.endpoint, error: body.error, description: body.error_description }
            }
            Err(_) => {
                Failure::Status { endpoint: self.endpoint, status: self.status.as_u16(), excerpt: self.excerpt() }
            }
        }
    }

    /// A successful answer that says the wrong thing. `reason` must not repeat tokens.
    pub(super) fn malformed(&self, reason: impl Into<String>) -> Failure {
        Failure::Malformed { endpoint: self.endpoint, reason: reason.into() }
    }

    /// The words of the body, for a person to recognize the page by.
    pub(super) fn excerpt(&self) -> Excerpt {
        Excerpt::of(&String::from_utf8_lossy(&self.body))
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The first words of a page, without its markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt(String);

impl Excerpt {
    /// Reads the words of `body`, at most [`EXCERPT_CHARS_MAX`] characters of them.
    pub(super) fn of(body: &str) -> Self {
        let mut words = String::new();
        for token in html::tokens(body) {
            let html::Token::Text(text) = token else { continue };
            for word in text.split_whitespace() {
                if words.chars().count() + word.chars().count() >= EXCERPT_CHARS_MAX {
                    return Self(words + " …");
                }
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(&html::decoded(word));
            }
        }
        Self(words)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(nothing to read)" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer {
            endpoint: "token endpoint",
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn an_oauth_error_is_counted_by_its_code_and_any_other_by_its_status() {
        let refused = answer(400, r#"{"error":"invalid_grant","error_description":"gone"}"#);
        assert_eq!(refused.refusal().kind(), "token endpoint: invalid_grant");
        assert_eq!(answer(502, "<h1>Bad gateway</h1>").refusal().kind(), "token endpoint: 502");
    }

    #[test]
    fn an_error_status_is_never_read_as_a_document() {
        assert!(answer(500, "{}").json::<serde_json::Value>().is_err());
        assert!(answer(200, "{}").json::<serde_json::Value>().is_ok());
    }

    #[test]
    fn an_excerpt_is_short_and_holds_words_only() {
        let page = "<html><style>b{}</style><script>x()</script><h1>Oops &amp; sorry</h1>\n<p>again</p>";
        assert_eq!(Excerpt::of(page).to_string(), "Oops & sorry again");
        let long = Excerpt::of(&"word ".repeat(200)).to_string();
        assert!(long.chars().count() <= EXCERPT_CHARS_MAX + 2 && long.ends_with('…'));
        assert_eq!(Excerpt::of("").to_string(), "(nothing to read)");
    }
}
