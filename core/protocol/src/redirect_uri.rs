//! Redirect URIs: where an authorization response may go (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1).
//!
//! Which schemes a client may register is a rule of registration, not of this type.

use url::{Url, form_urlencoded};

use crate::malformed::{Malformed, admit_text};

/// Longest redirect URI, in bytes.
pub const REDIRECT_URI_MAX_BYTES: usize = 2048;

/// Schemes that run code or read files in the browser that is sent there: never taken, from anybody.
pub const DANGEROUS_SCHEMES: &[&str] =
    &["javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"];

/// Authorities whose port is chosen by the operating system when a native client starts (RFC 8252 7.3).
const LOOPBACK_PREFIXES: &[&str] = &["http://127.0.0.1", "http://[::1]"];

const WHAT: &str = "redirect_uri";

/// An absolute URI without fragment and userinfo. It keeps the exact text it was given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// The exact text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a presented text is this registered URI: the same text (RFC 9700 2.1), but for the port of an http
    /// loopback address (RFC 8252 7.3). `localhost` is a name, not an address, and keeps its port.
    #[must_use]
    pub fn matches_registered(&self, presented: &str) -> bool {
        if self.0 == presented {
            return true;
        }
        match (split_loopback(&self.0), split_loopback(presented)) {
            (Some(registered), Some(presented)) => registered == presented,
            _ => false,
        }
    }

    /// The scheme in lower case.
    #[must_use]
    pub fn scheme(&self) -> String {
        self.0.split(':').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The host as browsers read it, without port; an IPv6 address stands in brackets. `None` for a URI without one.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.0).ok()?.host_str().map(str::to_owned)
    }

    /// Scheme, host and port as browsers read them. `None` for a custom scheme, which has no origin.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let origin = Url::parse(&self.0).ok()?.origin();
        origin.is_tuple().then(|| origin.ascii_serialization())
    }

    /// Whether the host is this very device: `localhost`, `127.0.0.1` or `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host().is_some_and(|host| matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]"))
    }

    /// The URI with parameters put at the end of its query (RFC 6749 4.1.2: an existing query is kept).
    #[must_use]
    pub fn append_query(&self, parameters: &[(&str, &str)]) -> String {
        let joint = match self.0.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{}", self.0, encode_form(parameters))
    }

    /// The URI with parameters as its fragment (Multiple Response Types 1.0, 2.1).
    #[must_use]
    pub fn with_fragment(&self, parameters: &[(&str, &str)]) -> String {
        format!("{}#{}", self.0, encode_form(parameters))
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        admit_text(&text, WHAT, REDIRECT_URI_MAX_BYTES, is_uri_character)?;
        let form = |why| Err(Malformed::Form { what: WHAT, why });
        if text.contains('#') {
            return form("has a fragment");
        }
        let Some((scheme, rest)) = text.split_once(':') else {
            return form("is not an absolute URI");
        };
        if rest.is_empty() {
            return form("is not an absolute URI");
        }
        let scheme = scheme.to_ascii_lowercase();
        if DANGEROUS_SCHEMES.contains(&scheme.as_str()) {
            return form("has a scheme that is never allowed");
        }
        let authority = rest.strip_prefix("//").map(authority_of);
        if authority.is_some_and(|authority| authority.contains('@')) {
            return form("has a user name or password in it");
        }
        if matches!(scheme.as_str(), "http" | "https") && authority.is_none_or(str::is_empty) {
            return form("has no host");
        }
        match Url::parse(&text) {
            Ok(_) => Ok(Self(text)),
            Err(_) => form("is not an absolute URI"),
        }
    }
}

word_conversions!(RedirectUri);
text_conversions!(RedirectUri);

/// The characters RFC 3986 2 knows: no spaces, quotes, angle brackets or backslashes, which browsers mend in
/// ways that make two readers see two hosts.
fn is_uri_character(character: char) -> bool {
    character.is_ascii_graphic() && !matches!(character, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
}

/// The authority at the start of what follows `//`.
fn authority_of(rest: &str) -> &str {
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// An http loopback URI cut in two around its port: the address, and the path and query. `None` when it is not one.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let address = LOOPBACK_PREFIXES.iter().find(|prefix| uri.starts_with(**prefix))?;
    let rest = &uri[address.len()..];
    let (port, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let well_formed = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    well_formed.then_some((address, tail))
}

fn encode_form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

#[cfg(test)]
mod tests;
