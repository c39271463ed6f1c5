//! Issuer identifiers (OpenID Connect Discovery 1.0, 3; RFC 8414 2).

use url::Url;

use crate::malformed::Malformed;

/// Longest issuer, in bytes.
pub const ISSUER_MAX_BYTES: usize = 512;

const WHAT: &str = "issuer";

/// The URL that names the authorization server: http or https, no query, no fragment, no userinfo.
///
/// It is brought into the normal form of the URL standard (lower-case host, no default port), without a slash at the
/// end, and is the same text wherever it appears.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Issuer(String);

impl Issuer {
    /// The issuer as it stands in tokens and metadata.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of an endpoint, from its path below the issuer: `endpoint("/token")`.
    #[must_use]
    pub fn endpoint(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path}", self.0)
    }

    /// Whether the scheme is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host, without the port; an IPv6 address stands in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
            _ => authority,
        }
    }

    /// The path below which the endpoints live; empty when they live at the root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.after_scheme()[self.authority().len()..]
    }

    /// Scheme, host and port: the `Origin` a browser sends from our pages.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0[..self.0.len() - self.path().len()]
    }

    fn authority(&self) -> &str {
        self.after_scheme().split('/').next().unwrap_or_default()
    }

    fn after_scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }
}

impl TryFrom<String> for Issuer {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let form = |why| Malformed::Form { what: WHAT, why };
        if text.is_empty() {
            return Err(Malformed::Empty { what: WHAT });
        }
        let url = Url::parse(&text).map_err(|_| form("is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(form("is not an http or https URL"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(form("has a query or a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(form("has a user name or password in it"));
        }
        let normal = url.as_str().trim_end_matches('/');
        if normal.len() > ISSUER_MAX_BYTES {
            return Err(Malformed::TooLong { what: WHAT, limit: ISSUER_MAX_BYTES });
        }
        Ok(Self(normal.to_owned()))
    }
}

word_conversions!(Issuer);
text_conversions!(Issuer);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::assert_round_trip;

    #[test]
    fn an_issuer_has_one_text_in_normal_form() {
        let table = [
            ("https://as.example", "https://as.example", "as.example", "", true),
            ("https://as.example/", "https://as.example", "as.example", "", true),
            ("HTTPS://AS.Example:443/tenant/a//", "https://as.example/tenant/a", "as.example", "/tenant/a", true),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1", "", false),
            ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]", "/x", false),
            ("http://[::1]", "http://[::1]", "[::1]", "", false),
        ];
        for (text, normal, host, path, https) in table {
            let issuer = Issuer::try_from(text).unwrap();
            assert_eq!(issuer.as_str(), normal);
            assert_eq!((issuer.host(), issuer.path(), issuer.is_https()), (host, path, https), "{text}");
            assert_eq!(format!("{}{path}", issuer.origin()), normal);
            assert_eq!(issuer.endpoint("/token"), format!("{normal}/token"));
            assert_eq!(issuer.endpoint("token"), format!("{normal}/token"));
            assert_round_trip(&issuer);
        }
    }

    #[test]
    fn anything_else_is_no_issuer() {
        let table = [
            "",
            "as.example",
            "//as.example",
            "ftp://as.example",
            "https://",
            "https://as.example?x",
            "https://as.example/?",
            "https://as.example/#",
            "https://u@as.example",
            "https://u:p@as.example",
            "javascript:alert(1)",
        ];
        for text in table {
            assert!(Issuer::try_from(text).is_err(), "{text:?}");
            assert!(serde_json::from_value::<Issuer>(text.into()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_issuer_ends_at_its_limit() {
        let start = "https://as.example/";
        let text = |length: usize| format!("{start}{}", "x".repeat(length - start.len()));
        assert!(Issuer::try_from(text(ISSUER_MAX_BYTES)).is_ok());
        let refused = Malformed::TooLong { what: WHAT, limit: ISSUER_MAX_BYTES };
        assert_eq!(Issuer::try_from(text(ISSUER_MAX_BYTES + 1)), Err(refused));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_survives(
            text in "\\PC{0,40}|https?://[a-zA-Z0-9.:@\\[\\]-]{0,20}(/[ -~]{0,10}){0,3}",
        ) {
            if let Ok(issuer) = Issuer::try_from(text.as_str()) {
                prop_assert!(!issuer.as_str().ends_with('/'));
                prop_assert!(!issuer.host().is_empty());
                prop_assert_eq!(Issuer::try_from(issuer.as_str()), Ok(issuer));
            }
        }
    }
}
