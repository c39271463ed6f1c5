//! Which URLs a loan covers: origins compared exactly, after the normal form that browsers compare (RFC 6454 4).

use crate::address::Reach;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::loan::HttpLoan;
use url::{Host, Url};

/// The URL of a request within the loan, and how far it may reach.
///
/// # Errors
/// `Invalid` for what is no absolute http or https URL, or one with a user name; `NotLent` for an origin that is not
/// in the loan.
pub(crate) fn admit(loan: &HttpLoan, text: &str) -> Result<(Url, Reach), CapabilityError> {
    let invalid = |why: &str| CapabilityError::Invalid { why: format!("url: {why}") };
    let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    if !is_web(&url) {
        return Err(invalid("an absolute http or https URL is needed"));
    }
    if has_user(&url) {
        return Err(invalid("a user name or password in a URL is not sent; use a header"));
    }
    let origin = url.origin();
    let is_lent = loan.origins.iter().filter_map(|lent| lent_origin(lent)).any(|lent| lent.origin() == origin);
    if !is_lent {
        return Err(CapabilityError::NotLent { what: format!("http to {}", origin.ascii_serialization()) });
    }
    let reach = if loan.private_addresses || names_a_machine(&url) { Reach::PrivateToo } else { Reach::Public };
    Ok((url, reach))
}

/// Whether the scheme is one that this server speaks.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Whether the URL carries a user name or password.
pub(crate) fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// An entry of the loan, if it is an origin and nothing more.
fn lent_origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    (is_web(&url) && !has_user(&url) && is_bare).then_some(url)
}

/// Whether the operator wrote the very machine down, and so means it though it is private.
fn names_a_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loan(origins: &[&str]) -> HttpLoan {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        HttpLoan { origins, private_addresses: false }
    }

    fn is_lent(origins: &[&str], url: &str) -> bool {
        match admit(&loan(origins), url) {
            Ok(_) => true,
            Err(CapabilityError::NotLent { .. }) => false,
            Err(other) => panic!("{url}: {other}"),
        }
    }

    #[test]
    fn scheme_host_and_port_are_compared_exactly() {
        let lent = ["https://risk.example.com"];
        for (url, expected) in [
            ("https://risk.example.com/score?ip=1", true),
            ("https://risk.example.com:443/", true),
            ("HTTPS://RISK.Example.COM/", true),
            ("http://risk.example.com/", false),
            ("https://risk.example.com:8443/", false),
            ("https://example.com/", false),
            ("https://a.risk.example.com/", false),
            ("https://risk.example.com.evil.example/", false),
            ("https://risk.example.com./", false),
            ("https://evil.example/https://risk.example.com", false),
            ("https://evil.example\\risk.example.com/", false),
            ("https://evil.example#risk.example.com", false),
        ] {
            assert_eq!(is_lent(&lent, url), expected, "{url}");
        }
    }

    #[test]
    fn an_entry_may_be_written_as_an_origin_is_typed_but_must_be_no_more() {
        assert!(is_lent(&["https://Risk.Example.com:443"], "https://risk.example.com/"));
        assert!(is_lent(&["https://risk.example.com/"], "https://risk.example.com/"));
        assert!(is_lent(&["http://127.0.0.1:9000"], "http://127.0.0.1:9000/x"));
        for entry in [
            "https://risk.example.com/only/here",
            "https://risk.example.com?x",
            "https://risk.example.com#x",
            "https://u@risk.example.com",
            "https://*.example.com",
            "risk.example.com",
            "",
        ] {
            assert!(!is_lent(&[entry], "https://risk.example.com/"), "{entry}");
        }
    }

    #[test]
    fn other_ways_to_write_an_ipv4_address_are_the_same_address() {
        let lent = ["http://127.0.0.1:9000"];
        for host in ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.1."] {
            assert!(is_lent(&lent, &format!("http://{host}:9000/")), "{host}");
            assert!(!is_lent(&["http://other.example:9000"], &format!("http://{host}:9000/")), "{host}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for url in ["", "/score", "//risk.example.com/", "ftp://a.example/", "file:///etc/passwd", "data:,x", "http:"] {
            let refused = admit(&loan(&["ftp://a.example", "https://risk.example.com"]), url).unwrap_err();
            assert!(matches!(refused, CapabilityError::Invalid { .. }), "{url}");
        }
        let refused = admit(&loan(&["https://a.example"]), "https://risk@a.example/").unwrap_err();
        assert!(matches!(refused, CapabilityError::Invalid { .. }));
    }

    #[test]
    fn private_addresses_are_within_reach_only_when_named_or_lent() {
        let reach = |origin: &str| admit(&loan(&[origin]), origin).unwrap().1;
        assert_eq!(reach("https://risk.example.com"), Reach::Public);
        assert_eq!(reach("http://localhost.example.com"), Reach::Public);
        for named in ["http://localhost:9000", "http://10.1.2.3", "http://[::1]:9000"] {
            assert_eq!(reach(named), Reach::PrivateToo, "{named}");
        }
        let origins = loan(&["https://risk.example.com"]).origins;
        let lent = HttpLoan { origins, private_addresses: true };
        assert_eq!(admit(&lent, "https://risk.example.com/").unwrap().1, Reach::PrivateToo);
    }
}
