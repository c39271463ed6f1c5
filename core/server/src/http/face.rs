//! Whether a page is answered as HTML or as JSON (RFC 9110 12.5.1). A browser gets HTML: JSON has to be asked for by its
//! name, or be what the request itself is written in.

use crate::weight::thousandths;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

/// Most media ranges of an `Accept` that are looked at.
pub const ACCEPT_RANGES_MAX: usize = 32;

/// How closely a range names a type that it names in full.
const NAMED: u8 = 3;

/// The two faces of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// For browsers.
    Html,
    /// For native apps.
    Json,
}

impl Face {
    /// The face that a request with these headers asks for.
    pub fn asked_by(headers: &HeaderMap) -> Self {
        let prefers_json = rank(headers, "application", "json") > rank(headers, "text", "html");
        if prefers_json || is_json(headers) { Self::Json } else { Self::Html }
    }

    /// Whether HTML is asked for by its name and no less than JSON: by a browser, and not by who says nothing.
    pub fn prefers_html(headers: &HeaderMap) -> bool {
        let html = rank(headers, "text", "html");
        html.1 == NAMED && html >= rank(headers, "application", "json")
    }
}

/// Whether the body is said to be JSON. A form of a browser cannot say so, and a script of another site may not without
/// being asked first (Fetch Standard 3.2.2), which this server never answers for its pages.
pub fn is_json(headers: &HeaderMap) -> bool {
    essence(headers).eq_ignore_ascii_case("application/json")
}

/// The media type of the body, without its parameters.
pub fn essence(headers: &HeaderMap) -> &str {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim()
}

/// How much a type is wanted: its weight in thousandths, then how closely the range names it. Nothing is wanted of a
/// header that cannot be read, and of what is refused (`q=0`).
fn rank(headers: &HeaderMap, kind: &str, subtype: &str) -> (u16, u8) {
    let lines = headers.get_all(ACCEPT).into_iter().filter_map(|line| line.to_str().ok());
    let ranges = lines.flat_map(|line| line.split(',')).take(ACCEPT_RANGES_MAX);
    let fitting = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let (named, sub) = parts.next()?.split_once('/')?;
        let closeness = match (named.eq_ignore_ascii_case(kind), sub.eq_ignore_ascii_case(subtype)) {
            (true, true) => NAMED,
            (true, false) if sub == "*" => 2,
            _ if (named, sub) == ("*", "*") => 1,
            _ => return None,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        Some((closeness, weight.map_or(Some(1000), thousandths)?))
    });
    // The closest range says the weight, whatever the wider ones say.
    let closest = fitting.max_by_key(|(closeness, _)| *closeness);
    closest.filter(|(_, weight)| *weight > 0).map_or((0, 0), |(closeness, weight)| (weight, closeness))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn face(accept: &[u8]) -> Face {
        Face::asked_by(&[(ACCEPT, HeaderValue::from_bytes(accept).unwrap())].into_iter().collect())
    }

    #[test]
    fn json_is_answered_to_who_wants_it_more_than_html() {
        for accept in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json, text/plain, */*",
            "application/json, text/html;q=0.9",
            "text/html;level=1;q=0.3, application/json;q=0.4",
            "application/*, */*;q=0.1",
            "text/html;q=0, application/json;q=0.001",
        ] {
            assert_eq!(face(accept.as_bytes()), Face::Json, "{accept}");
        }
    }

    #[test]
    fn a_browser_and_who_says_nothing_gets_html() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "*/*",
            "",
            "text/html, application/json",
            "application/json;q=0.5, text/html",
            "application/json;q=0, text/*",
            "application/json;q=2",
            "application/json;q=NaN",
            "application/problem+json",
            "json",
        ] {
            assert_eq!(face(accept.as_bytes()), Face::Html, "{accept}");
        }
        assert_eq!(face(b"\xff, application/json"), Face::Html);
        assert_eq!(Face::asked_by(&HeaderMap::new()), Face::Html);
    }

    #[test]
    fn html_is_asked_for_by_its_name() {
        let asks = |accept: &str| {
            Face::prefers_html(&[(ACCEPT, HeaderValue::from_str(accept).unwrap())].into_iter().collect())
        };
        for accept in ["text/html,application/xhtml+xml,*/*;q=0.8", "text/html, application/json"] {
            assert!(asks(accept), "{accept}");
        }
        for accept in ["*/*", "text/*", "", "text/html;q=0.5, application/json", "text/html;q=0", "application/json"] {
            assert!(!asks(accept), "{accept}");
        }
    }

    #[test]
    fn ranges_past_the_limit_are_not_looked_at() {
        let after = |others: usize| "text/plain,".repeat(others) + "application/json";
        assert_eq!(face(after(ACCEPT_RANGES_MAX - 1).as_bytes()), Face::Json);
        assert_eq!(face(after(ACCEPT_RANGES_MAX).as_bytes()), Face::Html);
    }

    #[test]
    fn who_writes_json_is_answered_in_json() {
        let typed = |text: &str| [(CONTENT_TYPE, HeaderValue::from_str(text).unwrap())].into_iter().collect();
        assert_eq!(Face::asked_by(&typed("application/json; charset=utf-8")), Face::Json);
        for other in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "x;application/json"] {
            assert_eq!(Face::asked_by(&typed(other)), Face::Html, "{other}");
        }
    }
}
