//! A browser's cookies (RFC 6265 section 5), as far as a sign-in needs them.

use http::{HeaderMap, header};
use url::Url;

/// Most cookies a jar holds; a provider that sets more loses its oldest.
pub(super) const COOKIES_MAX: usize = 64;

/// What one browser remembers.
#[derive(Debug, Default)]
pub(super) struct CookieJar {
    cookies: Vec<Cookie>,
}

struct Cookie {
    name: String,
    value: String,
    host: String,
    /// Sent to hosts below `host` too.
    subdomains: bool,
    path: String,
    secure: bool,
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie").field("name", &self.name).field("path", &self.path).finish_non_exhaustive()
    }
}

impl CookieJar {
    /// Takes in the cookies of an answer from `url`.
    pub(super) fn store(&mut self, url: &Url, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            // A cookie that is no text could not be sent back as one.
            let Some((cookie, kept)) = line.to_str().ok().and_then(|line| read(line, url)) else { continue };
            self.cookies.retain(|old| (&old.name, &old.host, &old.path) != (&cookie.name, &cookie.host, &cookie.path));
            if kept {
                if self.cookies.len() == COOKIES_MAX {
                    self.cookies.remove(0);
                }
                self.cookies.push(cookie);
            }
        }
    }

    /// The `Cookie` header of a request to `url`; none if no cookie belongs there.
    pub(super) fn header(&self, url: &Url) -> Option<String> {
        let mut fitting: Vec<_> = self.cookies.iter().filter(|cookie| cookie.belongs_to(url)).collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<_> = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn belongs_to(&self, url: &Url) -> bool {
        let host = host_of(url);
        let host_fits = host == self.host || (self.subdomains && is_below(host, &self.host));
        // As browsers do, a secure cookie is trusted to the loopback interface without TLS.
        let secure_enough = !self.secure || url.scheme() == "https" || is_loopback(host);
        host_fits && secure_enough && path_fits(url.path(), &self.path)
    }
}

/// Reads a `Set-Cookie` line: the cookie, and whether it is to be kept rather than forgotten.
fn read(line: &str, url: &Url) -> Option<(Cookie, bool)> {
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let host = host_of(url);
    let mut cookie = Cookie {
        name: name.trim().into(),
        value: value.trim().into(),
        host: host.into(),
        subdomains: false,
        path: default_path(url.path()).into(),
        secure: false,
    };
    let (mut dated_out, mut max_age) = (false, None);
    for part in parts {
        let (key, value) = part.split_once('=').map_or((part.trim(), ""), |(k, v)| (k.trim(), v.trim()));
        match key.to_ascii_lowercase().as_str() {
            "domain" => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                if domain != host && !is_below(host, &domain) {
                    return None;
                }
                cookie.subdomains = true;
                cookie.host = domain;
            }
            "path" if value.starts_with('/') => cookie.path = value.into(),
            "secure" => cookie.secure = true,
            "max-age" => max_age = value.parse::<i64>().ok(),
            "expires" => dated_out = is_long_gone(value),
            _ => {}
        }
    }
    let kept = max_age.map_or(!dated_out, |seconds| seconds > 0);
    (!cookie.name.is_empty()).then_some((cookie, kept))
}

/// Whether a cookie date lies in the last century. Servers forget a cookie with such a date, most
/// with 1970; no run is long enough for any other to pass.
fn is_long_gone(date: &str) -> bool {
    date.split([' ', '-']).filter_map(|word| word.parse::<u16>().ok()).any(|year| (1000..2000).contains(&year))
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}

fn is_below(host: &str, domain: &str) -> bool {
    let is_name = host.starts_with(|c: char| c.is_ascii_alphabetic());
    is_name && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(at) if at > 0 => &path[..at],
        _ => "/",
    }
}

fn path_fits(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn at(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn jar(from: &str, lines: &[&str]) -> CookieJar {
        let mut jar = CookieJar::default();
        for line in lines {
            let mut headers = HeaderMap::new();
            headers.append(header::SET_COOKIE, HeaderValue::from_str(line).unwrap());
            jar.store(&at(from), &headers);
        }
        jar
    }

    #[test]
    fn a_cookie_goes_where_its_host_path_and_security_allow() {
        for (from, line, to, sent) in [
            ("http://a.test/x/y", "s=1", "http://a.test/x/z", true),
            ("http://a.test/x/y", "s=1", "http://a.test/x", true),
            ("http://a.test/x/y", "s=1", "http://a.test/xy", false),
            ("http://a.test/x/y", "s=1", "http://a.test/", false),
            ("http://a.test/x", "s=1", "http://b.test/x", false),
            ("http://a.test/x", "s=1", "http://sub.a.test/x", false),
            ("http://a.test/x", "s=1; Domain=.A.test", "http://sub.a.test/x", true),
            ("http://a.test/x", "s=1; Domain=a.test", "http://nota.test/x", false),
            ("http://a.test/x", "s=1; Domain=b.test", "http://a.test/x", false),
            ("http://127.0.0.1/x", "s=1; Domain=0.0.1", "http://127.0.0.1/x", false),
            ("http://a.test/x/y", "s=1; Path=/", "http://a.test/z", true),
            ("http://a.test/x/y", "s=1; path=/q", "http://a.test/x/y", false),
            ("http://a.test/x/y", "s=1; path=/q", "http://a.test/q/r", true),
            ("https://a.test/", "s=1; Secure; HttpOnly", "https://a.test/", true),
            ("https://a.test/", "s=1; secure", "http://a.test/", false),
            ("http://127.0.0.1:1/", "s=1; Secure; SameSite=None", "http://127.0.0.1:1/", true),
        ] {
            assert_eq!(jar(from, &[line]).header(&at(to)).is_some(), sent, "{from} {line} {to}");
        }
    }

    #[test]
    fn a_server_can_change_and_forget_a_cookie() {
        let url = "http://a.test/";
        for (line, held) in [
            ("s=2", Some("s=2")),
            ("s=; Max-Age=0", None),
            ("s=2; Max-Age=-1", None),
            ("s=2; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some("s=2")),
            ("s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("s=; expires=Thu, 01-Jan-1970 00:00:00 GMT", None),
            ("s=2; expires=Thu, 01 Jan 2099 00:00:00 GMT", Some("s=2")),
            ("nonsense", Some("s=1")),
            ("=2", Some("s=1")),
        ] {
            assert_eq!(jar(url, &["s=1", line]).header(&at(url)).as_deref(), held, "{line}");
        }
    }

    #[test]
    fn the_longest_path_is_sent_first() {
        let jar = jar("http://a.test/x/y", &["s=root; path=/", "s=deep; path=/x"]);
        assert_eq!(jar.header(&at("http://a.test/x/y")).as_deref(), Some("s=deep; s=root"));
    }

    #[test]
    fn a_jar_never_holds_more_than_its_limit() {
        let lines: Vec<_> = (0..=COOKIES_MAX).map(|n| format!("c{n}=1")).collect();
        let jar = jar("http://a.test/", &lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(jar.cookies.len(), COOKIES_MAX);
        assert!(jar.cookies.iter().all(|cookie| cookie.name != "c0"));
    }

    #[test]
    fn cookie_values_are_not_printed() {
        assert!(!format!("{:?}", jar("http://a.test/", &["s=hush"])).contains("hush"));
    }
}
