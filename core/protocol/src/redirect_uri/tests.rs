//! Tables and random text for `redirect_uri`.

use proptest::prelude::*;

use super::*;
use crate::words::laws::assert_round_trip;

fn uri(text: &str) -> RedirectUri {
    RedirectUri::try_from(text).unwrap()
}

#[test]
fn absolute_uris_are_taken_to_the_letter() {
    let table = [
        "https://c.example/cb",
        "https://c.example",
        "HTTPS://C.Example:443/a/../b?x=1&y=%20",
        "http://localhost:3000/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8080/cb",
        "com.example.app:/oauth2redirect",
        "com.example.app://callback",
        "urn:ietf:wg:oauth:2.0:oob",
    ];
    for text in table {
        assert_eq!(uri(text).as_str(), text);
        assert_round_trip(&uri(text));
    }
}

#[test]
fn anything_else_is_refused() {
    let table = [
        "/cb",
        "c.example/cb",
        "//c.example/cb",
        "https:",
        "https:/c.example/cb",
        "https:c.example",
        "https://",
        "https:///cb",
        "https://?x",
        "https://c.example/cb#",
        "https://c.example/#x",
        "https://u@c.example/cb",
        "https://u:p@c.example/cb",
        "https://@c.example/cb",
        "com.example.app://u@host/cb",
        "https://c.example:99999/cb",
        "https://[::1/cb",
        "1a:/cb",
        ":/cb",
    ];
    for text in table {
        assert!(matches!(RedirectUri::try_from(text), Err(Malformed::Form { .. })), "{text:?}");
        assert!(serde_json::from_value::<RedirectUri>(text.into()).is_err(), "{text:?}");
    }
}

#[test]
fn characters_that_readers_disagree_about_are_refused() {
    for character in [' ', '\t', '\n', '\\', '"', '<', '>', '^', '`', '{', '|', '}', '\u{7f}', 'é'] {
        let text = format!("https://c.example{character}@evil.example/");
        assert_eq!(RedirectUri::try_from(text), Err(Malformed::Character { what: WHAT }), "{character:?}");
    }
}

#[test]
fn schemes_that_run_code_are_refused_in_any_case() {
    for scheme in DANGEROUS_SCHEMES {
        for text in [format!("{scheme}:x"), format!("{}://x/y", scheme.to_uppercase())] {
            let refused = Malformed::Form { what: WHAT, why: "has a scheme that is never allowed" };
            assert_eq!(RedirectUri::try_from(text), Err(refused), "{scheme}");
        }
    }
}

#[test]
fn a_redirect_uri_ends_at_its_limit() {
    let start = "https://c.example/";
    let text = |length: usize| format!("{start}{}", "x".repeat(length - start.len()));
    assert!(RedirectUri::try_from(text(REDIRECT_URI_MAX_BYTES)).is_ok());
    let refused = Malformed::TooLong { what: WHAT, limit: REDIRECT_URI_MAX_BYTES };
    assert_eq!(RedirectUri::try_from(text(REDIRECT_URI_MAX_BYTES + 1)), Err(refused));
}

#[test]
fn only_the_port_of_a_loopback_address_may_differ() {
    let table = [
        ("https://c.example/cb", "https://c.example/cb", true),
        ("https://c.example/cb", "https://c.example/cb/", false),
        ("https://c.example/cb", "https://c.example/cb?x=1", false),
        ("https://c.example/cb", "https://C.example/cb", false),
        ("https://c.example/cb", "https://c.example:443/cb", false),
        ("https://c.example/cb", "https://c.example/%63b", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", true),
        ("http://127.0.0.1:8080/cb?x=1", "http://127.0.0.1:9090/cb?x=1", true),
        ("http://127.0.0.1", "http://127.0.0.1:9090", true),
        ("http://[::1]/cb", "http://[::1]:51004/cb", true),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/other", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:+80/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.10/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb#x", false),
        ("http://127.0.0.1/cb", "http://[::1]/cb", false),
        ("http://127.0.0.1/cb", "https://127.0.0.1:1/cb", false),
        ("https://127.0.0.1/cb", "https://127.0.0.1:1/cb", false),
        ("http://localhost/cb", "http://localhost:1/cb", false),
        ("http://127.0.0.1/cb", "", false),
    ];
    for (registered, presented, matches) in table {
        assert_eq!(uri(registered).matches_registered(presented), matches, "{registered} {presented}");
    }
}

#[test]
fn scheme_host_and_origin_are_as_browsers_read_them() {
    let table = [
        ("HTTPS://C.Example:443/cb", "https", Some("c.example"), Some("https://c.example"), false),
        ("http://localhost:3000/cb", "http", Some("localhost"), Some("http://localhost:3000"), true),
        ("http://127.0.0.1/cb", "http", Some("127.0.0.1"), Some("http://127.0.0.1"), true),
        ("http://[::1]:80/cb", "http", Some("[::1]"), Some("http://[::1]"), true),
        (
            "http://localhost.evil.example/",
            "http",
            Some("localhost.evil.example"),
            Some("http://localhost.evil.example"),
            false,
        ),
        ("com.example.app:/cb", "com.example.app", None, None, false),
    ];
    for (text, scheme, host, origin, loopback) in table {
        let uri = uri(text);
        assert_eq!(uri.scheme(), scheme);
        assert_eq!(uri.host().as_deref(), host);
        assert_eq!(uri.origin().as_deref(), origin);
        assert_eq!(uri.is_loopback(), loopback, "{text}");
    }
}

#[test]
fn parameters_are_added_without_touching_what_is_there() {
    let parameters = [("code", "a b"), ("state", "x&y=#")];
    let encoded = "code=a+b&state=x%26y%3D%23";
    for (text, joint) in [
        ("https://c.example/cb", "?"),
        ("https://c.example/cb?", ""),
        ("https://c.example/cb?x=%20", "&"),
        ("https://c.example/cb?x=1&", ""),
        ("com.example.app:/cb", "?"),
    ] {
        assert_eq!(uri(text).append_query(&parameters), format!("{text}{joint}{encoded}"));
        assert_eq!(uri(text).with_fragment(&parameters), format!("{text}#{encoded}"));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_is_kept(
        text in "\\PC{0,40}|(https?|com\\.a|data):(//)?[a-z0-9.@:\\[\\]]{0,16}[/?#]?[ -~]{0,12}",
    ) {
        if let Ok(uri) = RedirectUri::try_from(text.as_str()) {
            prop_assert_eq!(uri.as_str(), &text);
            prop_assert!(uri.matches_registered(&text));
            prop_assert!(!DANGEROUS_SCHEMES.contains(&uri.scheme().as_str()));
            let location = Url::parse(&uri.append_query(&[("code", "c")])).unwrap();
            prop_assert_eq!(location.host_str().map(str::to_owned), uri.host());
            prop_assert_eq!(location.query_pairs().last().unwrap().0, "code");
        }
    }

    #[test]
    fn what_matches_a_registered_uri_is_one_itself(
        registered in "http://(127\\.0\\.0\\.1|\\[::1\\])(:[0-9]{1,4})?/[a-z?=]{0,6}",
        presented in "http://(127\\.0\\.0\\.1|\\[::1\\]|localhost)(:[0-9]{0,6})?[/@.][a-z?=#]{0,6}",
    ) {
        if uri(&registered).matches_registered(&presented) {
            let presented = uri(&presented);
            prop_assert_eq!(presented.host(), uri(&registered).host());
            prop_assert!(presented.is_loopback());
        }
    }
}
