//! The headers a hook may set. What frames the message or names the host is the server's own.

use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::secret::SecretText;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeMap;

/// Most headers of one request.
pub const REQUEST_HEADERS_MAX: usize = 64;
/// Most bytes of request headers, names and values together.
pub const REQUEST_HEADER_BYTES_MAX: usize = 16 * 1024;

/// Hop-by-hop and framing headers (RFC 9110 7.6.1, RFC 9112 6): set by a hook they could split one request into two.
const OWN: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers in the library's form, marked so that they are never printed, with `content_type` where none is given.
///
/// # Errors
/// `Invalid` for a name or value that is none, one of the server's own, or too many.
pub(crate) fn admit(
    headers: &BTreeMap<String, SecretText>,
    content_type: Option<&'static str>,
) -> Result<HeaderMap, CapabilityError> {
    let invalid = |why: String| CapabilityError::Invalid { why: format!("headers: {why}") };
    if headers.len() > REQUEST_HEADERS_MAX {
        return Err(invalid(format!("at most {REQUEST_HEADERS_MAX}")));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.expose().len()).sum();
    if bytes > REQUEST_HEADER_BYTES_MAX {
        return Err(invalid(format!("at most {REQUEST_HEADER_BYTES_MAX} bytes")));
    }
    let mut admitted = HeaderMap::new();
    for (text, value) in headers {
        let name = HeaderName::from_bytes(text.as_bytes()).map_err(|_| invalid(format!("{text:?} is no name")))?;
        if OWN.contains(&name.as_str()) {
            return Err(invalid(format!("{name} is set by the server")));
        }
        let value = HeaderValue::from_str(value.expose());
        let mut value = value.map_err(|_| invalid(format!("the value of {name} has characters no header can have")))?;
        value.set_sensitive(true);
        if admitted.insert(name.clone(), value).is_some() {
            return Err(invalid(format!("{name} is there twice")));
        }
    }
    if let Some(content_type) = content_type {
        admitted.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
    }
    Ok(admitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(entries: &[(&str, &str)]) -> BTreeMap<String, SecretText> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), SecretText::new(*value))).collect()
    }

    fn why(entries: &[(&str, &str)]) -> String {
        admit(&headers(entries), None).unwrap_err().to_string()
    }

    #[test]
    fn headers_are_carried_over_and_never_printed() {
        let admitted = admit(&headers(&[("Authorization", "Bearer s3cr3t")]), Some("application/json")).unwrap();
        assert_eq!(admitted["authorization"], "Bearer s3cr3t");
        assert_eq!(admitted["content-type"], "application/json");
        assert!(!format!("{admitted:?}").contains("s3cr3t"));
    }

    #[test]
    fn a_content_type_that_is_given_stands() {
        let given = headers(&[("content-type", "application/jwt")]);
        let admitted = admit(&given, Some("text/plain; charset=utf-8")).unwrap();
        assert_eq!(admitted.get_all("content-type").iter().count(), 1);
        assert_eq!(admitted["content-type"], "application/jwt");
    }

    #[test]
    fn what_frames_the_message_is_not_a_hooks_to_set() {
        for name in OWN {
            assert!(why(&[(name, "x")]).contains("set by the server"), "{name}");
            assert!(why(&[(&name.to_ascii_uppercase(), "x")]).contains("set by the server"), "{name}");
        }
    }

    #[test]
    fn names_and_values_that_are_none_are_refused_and_values_not_repeated() {
        for (name, value) in [("", "x"), ("a b", "x"), ("a:", "x"), ("a\r\nb", "x"), ("ä", "x")] {
            assert!(why(&[(name, value)]).contains("no name"), "{name:?}");
        }
        for value in ["s3cr3t\r\nx: y", "s3cr3t\n", "s3cr3t\0"] {
            let why = why(&[("x-key", value)]);
            assert!(why.contains("x-key") && !why.contains("s3cr3t"), "{why}");
        }
        assert!(why(&[("X-Key", "1"), ("x-key", "2")]).contains("twice"));
    }

    #[test]
    fn the_limits_are_met_to_the_header_and_the_byte() {
        let many = |count: usize| -> BTreeMap<String, SecretText> {
            (0..count).map(|number| (format!("x-{number}"), SecretText::new(""))).collect()
        };
        assert!(admit(&many(REQUEST_HEADERS_MAX), None).is_ok());
        assert!(admit(&many(REQUEST_HEADERS_MAX + 1), None).is_err());
        let long = |bytes: usize| headers(&[("x", &"v".repeat(bytes))]);
        assert!(admit(&long(REQUEST_HEADER_BYTES_MAX - 1), None).is_ok());
        assert!(admit(&long(REQUEST_HEADER_BYTES_MAX), None).is_err());
    }
}
