//! The browser behind a request, known by a random cookie (RFC 6265).

use super::PATH;
use crate::pages::Rendered;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_protocol::issuer::Issuer;
use http::HeaderMap;
use http::header::{COOKIE as COOKIE_HEADER, HeaderValue, SET_COOKIE};

/// Name of the cookie.
pub const COOKIE: &str = "gatewright_demo";

/// Length of its value: 256 random bits in base64url.
const VALUE_BYTES: usize = 43;

/// A browser that showed a cookie of the right form, or none.
pub(super) struct Visitor {
    cookie: Option<String>,
}

/// A browser with a cookie.
pub(super) struct KnownVisitor {
    cookie: String,
}

impl Visitor {
    /// The browser that sent these headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(COOKIE_HEADER).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let value = pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value);
        Self { cookie: value.filter(|value| value.len() == VALUE_BYTES).map(str::to_owned) }
    }

    /// A browser with a new cookie.
    pub(super) fn draw(entropy: &dyn Entropy) -> KnownVisitor {
        KnownVisitor { cookie: random_text::<32>(entropy) }
    }

    /// This browser, with a new cookie where it has none.
    pub(super) fn or_new(self, entropy: &dyn Entropy) -> KnownVisitor {
        match self.cookie {
            Some(cookie) => KnownVisitor { cookie },
            None => Self::draw(entropy),
        }
    }

    /// Its cookie, where it has one.
    pub(super) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// `answer`, taking the cookie away.
    pub(super) fn clear_cookie(answer: Rendered, issuer: &Issuer) -> Rendered {
        with_cookie(answer, &format!("{COOKIE}=; Max-Age=0{}", attributes(issuer)))
    }
}

impl KnownVisitor {
    /// Its cookie.
    pub(super) fn value(&self) -> &str {
        &self.cookie
    }

    /// `answer`, setting the cookie.
    pub(super) fn set_cookie(&self, answer: Rendered, issuer: &Issuer) -> Rendered {
        with_cookie(answer, &format!("{COOKIE}={}{}", self.cookie, attributes(issuer)))
    }
}

fn attributes(issuer: &Issuer) -> String {
    let secure = if issuer.is_https() { "; Secure" } else { "" };
    format!("; Path={}{PATH}; HttpOnly; SameSite=Lax{secure}", issuer.path())
}

fn with_cookie(mut answer: Rendered, cookie: &str) -> Rendered {
    // The value is base64url and the path a URL's, so that it is a header value in any case.
    if let Ok(mut value) = HeaderValue::from_str(cookie) {
        value.set_sensitive(true);
        answer.headers.append(SET_COOKIE, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(cookie: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(COOKIE_HEADER, HeaderValue::from_str(cookie).unwrap())]);
        Visitor::of(&headers).cookie
    }

    #[test]
    fn a_cookie_that_cannot_be_ours_is_none() {
        let value = "A".repeat(VALUE_BYTES);
        assert_eq!(visitor(&format!("a=b; {COOKIE}={value}; c=d")), Some(value.clone()));
        for other in [format!("{COOKIE}={value}A"), format!("{COOKIE}="), format!("x{COOKIE}={value}"), "".into()] {
            assert_eq!(visitor(&other), None, "{other}");
        }
    }
}
