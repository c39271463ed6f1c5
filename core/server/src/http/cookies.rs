//! The cookies: the session, what ties interactions to a browser, and what the check-session iframe reads. Over HTTPS they carry the `__Host-`
//! prefix (RFC 6265bis 4.1.3), so that no neighbour can set them.

use gatewright_engine::browser::CookieChange;
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};

const SESSION: [&str; 2] = ["gatewright_session", "__Host-gatewright_session"];
const BROWSER: [&str; 2] = ["gatewright_browser", "__Host-gatewright_browser"];
/// Read by `check_session.js`, and there alone: over HTTPS only, and of no use to whoever has it.
const BROWSER_STATE: &str = "__Host-gatewright_browser_state";
/// Longest cookie value that is looked at, in bytes; ours have 43.
const VALUE_BYTES_MAX: usize = 128;

/// The session cookie's value.
pub fn session(headers: &HeaderMap, https: bool) -> Option<String> {
    value(headers, SESSION[usize::from(https)])
}

/// The browser cookie's value.
pub fn browser(headers: &HeaderMap, https: bool) -> Option<String> {
    value(headers, BROWSER[usize::from(https)])
}

/// The value of the cookie that the check-session iframe reads.
pub fn browser_state(headers: &HeaderMap, https: bool) -> Option<String> {
    value(headers, BROWSER_STATE).filter(|_| https)
}

fn value(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let pairs =
        headers.get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok()).flat_map(|text| text.split(';'));
    let found = pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == wanted);
    found.map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty() && value.len() <= VALUE_BYTES_MAX)
}

/// Puts the changes into an answer.
pub fn set(headers: &mut HeaderMap, changes: &[CookieChange], https: bool) {
    for text in changes.iter().flat_map(|change| written(change, https)) {
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            headers.append(SET_COOKIE, value);
        }
    }
}

fn written(change: &CookieChange, https: bool) -> Vec<String> {
    let secure = if https { "; Secure" } else { "" };
    let session = SESSION[usize::from(https)];
    // Not HttpOnly, and with requests of other sites: a script reads it in a frame of theirs.
    let state = |value: &str, seconds: u64| {
        format!("{BROWSER_STATE}={value}; Path=/; SameSite=None; Max-Age={seconds}; Secure")
    };
    match change {
        CookieChange::Browser(token) => {
            let name = BROWSER[usize::from(https)];
            vec![format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", token.expose())]
        }
        CookieChange::Session(token, seconds) => {
            let token = token.expose();
            vec![format!("{session}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")]
        }
        CookieChange::BrowserState(value, seconds) if https => vec![state(value, *seconds)],
        CookieChange::BrowserState(..) => vec![],
        CookieChange::EndSession => {
            let mut ends = vec![format!("{session}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}")];
            ends.extend(https.then(|| state("", 0)));
            ends
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
        headers
    }

    #[test]
    fn over_https_only_the_host_prefixed_cookie_counts() {
        let both = headers("a=b; gatewright_session=plain; __Host-gatewright_session=host");
        assert_eq!(session(&both, true).as_deref(), Some("host"));
        assert_eq!(session(&both, false).as_deref(), Some("plain"));
        assert_eq!(session(&headers("gatewright_session=plain"), true), None);
    }

    #[test]
    fn a_cookie_that_cannot_be_ours_is_not_looked_at() {
        let long = format!("gatewright_session={}", "x".repeat(VALUE_BYTES_MAX + 1));
        assert_eq!(session(&headers(&long), false), None);
        assert_eq!(session(&headers("gatewright_session="), false), None);
        assert_eq!(session(&headers("xgatewright_session=1"), false), None);
    }

    fn set_by(change: CookieChange, https: bool) -> Vec<String> {
        let mut headers = HeaderMap::new();
        set(&mut headers, &[change], https);
        headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_browser_state_goes_to_frames_of_other_sites_over_https_alone_and_ends_with_the_session() {
        let state = || CookieChange::BrowserState("s".to_owned(), 60);
        let whole = "__Host-gatewright_browser_state=s; Path=/; SameSite=None; Max-Age=60; Secure";
        assert_eq!(set_by(state(), true), [whole]);
        assert_eq!(set_by(state(), false), [""; 0]);
        let ended = set_by(CookieChange::EndSession, true);
        assert!(ended.iter().all(|cookie| cookie.contains("=; ") && cookie.contains("Max-Age=0")), "{ended:?}");
        assert_eq!(ended.len(), 2);
        let sent = headers("__Host-gatewright_browser_state=s");
        assert_eq!((browser_state(&sent, true).as_deref(), browser_state(&sent, false)), (Some("s"), None));
    }

    proptest! {
        #[test]
        fn a_cookie_is_what_stands_behind_its_name_or_nothing(
            before in "[ -~]{0,30}", value in "[ -~]{0,140}", after in "[ -~]{0,30}",
        ) {
            let line = format!("{before}; gatewright_session={value}; {after}");
            if let Some(found) = session(&headers(&line), false) {
                prop_assert!(!found.is_empty() && found.len() <= VALUE_BYTES_MAX && !found.contains(';'));
                let pair = format!("gatewright_session={found}");
                prop_assert!(line.contains(&pair));
            }
        }

        #[test]
        fn bytes_that_are_no_text_hold_no_cookie(bytes in proptest::collection::vec(128u8.., 1..20)) {
            let line = [b"gatewright_session=", bytes.as_slice()].concat();
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_bytes(&line).unwrap());
            prop_assert_eq!(session(&headers, false), None);
        }
    }
}
