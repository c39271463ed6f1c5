//! The headers every page goes out with: what it may load, where its forms may lead, who may frame it (CSP
//! Level 3, RFC 9700 4.16).

use gatewright_protocol::redirect_uri::RedirectUri;
use http::HeaderMap;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    REFRESH, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use url::Url;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// A source expression of a Content-Security-Policy: an origin or a scheme.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source(String);

impl Source {
    /// The origin of a URL; `None` where it has none that a policy can name.
    ///
    /// An IPv6 address stands in no source expression; its scheme stands for it.
    pub fn origin(url: &Url) -> Option<Self> {
        if matches!(url.host(), Some(url::Host::Ipv6(_))) {
            return Self::scheme(url.scheme());
        }
        let origin = url.origin();
        if origin.is_tuple() { Self::admit(origin.ascii_serialization()) } else { None }
    }

    /// What a form must be allowed to lead to so that a redirect to `redirect_uri` may follow it.
    pub fn redirect_target(redirect_uri: &RedirectUri) -> Option<Self> {
        match Url::parse(redirect_uri.as_str()) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Self::origin(&url),
            _ => Self::scheme(&redirect_uri.scheme()),
        }
    }

    fn scheme(scheme: &str) -> Option<Self> {
        Self::admit(format!("{scheme}:"))
    }

    /// The URL standard lets a host hold `;` and `,`, which would end a directive or the header.
    fn admit(text: String) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b':' | b'/');
        text.bytes().all(fits).then_some(Self(text))
    }
}

/// Where the forms of a page may lead.
///
/// Browsers on Chromium hold `form-action` against every redirect that follows a post as well, so that it must
/// name the client where the answer to a form is a redirect to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FormTargets {
    /// The page has no form.
    #[default]
    None,
    /// To this server.
    Own,
    /// To this server, and on to that place.
    OwnAnd(Source),
    /// Anywhere. Only for a page that posts to the client itself: what the client redirects to next is held
    /// against the directive too, and is for the client to say.
    Anywhere,
}

/// What a page needs beyond our own style and pictures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Where its forms may lead.
    pub form_targets: FormTargets,
    /// Where a client's logo is loaded from.
    pub images: Option<Source>,
    /// Whose pages it loads in frames.
    pub frames: Vec<Source>,
    /// Whether it loads our own script.
    pub own_script: bool,
    /// Seconds after which the browser is to look again.
    pub refresh_s: Option<u32>,
    /// Hash of its one inline script, base64 of SHA-256.
    pub script_sha256: Option<String>,
    /// Whether the next site is told our origin (never more than that).
    pub tells_origin: bool,
    /// Whether the page cuts its ties to the window that opened it. A page that a client may have opened in a
    /// popup must not: the client would never get its answer.
    pub alone: bool,
}

impl Needs {
    /// The Content-Security-Policy.
    pub fn content_security_policy(&self) -> String {
        let mut policy = String::from("default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'");
        if let Some(Source(origin)) = &self.images {
            policy.push(' ');
            policy.push_str(origin);
        }
        if self.own_script {
            policy.push_str("; script-src 'self'");
        } else if let Some(hash) = &self.script_sha256 {
            policy.push_str("; script-src 'sha256-");
            policy.push_str(hash);
            policy.push('\'');
        }
        for (place, Source(origin)) in self.frames.iter().enumerate() {
            policy.push_str(if place == 0 { "; frame-src " } else { " " });
            policy.push_str(origin);
        }
        match &self.form_targets {
            FormTargets::None => policy.push_str("; form-action 'none'"),
            FormTargets::Own => policy.push_str("; form-action 'self'"),
            FormTargets::OwnAnd(Source(target)) => {
                policy.push_str("; form-action 'self' ");
                policy.push_str(target);
            }
            FormTargets::Anywhere => {}
        }
        policy.push_str("; frame-ancestors 'none'; base-uri 'none'");
        policy
    }

    /// All headers of a page with these needs, in the language of that tag.
    pub fn headers(&self, language: &str) -> HeaderMap {
        // `no-referrer` would make browsers send `Origin: null` with our own forms, which could then not be told
        // from a stranger's.
        let referrer = if self.tells_origin { "strict-origin" } else { "same-origin" };
        let opener = if self.alone { "same-origin" } else { "unsafe-none" };
        let fixed = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, referrer),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
            (CROSS_ORIGIN_OPENER_POLICY, opener),
            (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
            (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ];
        let mut headers: HeaderMap =
            fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
        // A source is admitted byte by byte; were one of them no header text after all, nothing may be loaded.
        let nothing = HeaderValue::from_static("default-src 'none'; form-action 'none'; frame-ancestors 'none'");
        let policy = HeaderValue::from_str(&self.content_security_policy()).unwrap_or(nothing);
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        // A header and no element of the page: an operator's template cannot lose it.
        if let Some(seconds) = self.refresh_s {
            headers.insert(REFRESH, HeaderValue::from(seconds));
        }
        if let Ok(language) = HeaderValue::from_str(language) {
            headers.insert(CONTENT_LANGUAGE, language);
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(redirect_uri: &str) -> Option<String> {
        Source::redirect_target(&RedirectUri::try_from(redirect_uri).unwrap()).map(|source| source.0)
    }

    #[test]
    fn a_form_may_lead_to_the_client_by_origin_or_scheme() {
        for (redirect_uri, allowed) in [
            ("https://client.example/cb?a=b", "https://client.example"),
            ("https://client.example:8443/cb", "https://client.example:8443"),
            ("http://127.0.0.1:53123/cb", "http://127.0.0.1:53123"),
            ("http://[::1]:53123/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"),
        ] {
            assert_eq!(target(redirect_uri).as_deref(), Some(allowed), "{redirect_uri}");
        }
    }

    #[test]
    fn a_host_cannot_write_a_directive_of_its_own() {
        for hostile in ["https://a;script-src/cb", "https://a,b/cb", "https://a'b/cb", "https://a*b/cb"] {
            assert_eq!(target(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn a_page_loads_nothing_but_what_it_needs() {
        let base = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'";
        let end = "; frame-ancestors 'none'; base-uri 'none'";
        let needs = Needs::default();
        assert_eq!(needs.content_security_policy(), format!("{base}; form-action 'none'{end}"));
        let needs = Needs {
            form_targets: FormTargets::OwnAnd(Source("https://c.example".into())),
            images: Some(Source("https://cdn.example".into())),
            script_sha256: Some("aGFzaA==".into()),
            ..Needs::default()
        };
        let policy = format!(
            "{base} https://cdn.example; script-src 'sha256-aGFzaA=='; form-action 'self' https://c.example{end}"
        );
        assert_eq!(needs.content_security_policy(), policy);
        let scripted = Needs { own_script: true, ..Needs::default() };
        let policy = format!("{base}; script-src 'self'; form-action 'none'{end}");
        assert_eq!(scripted.content_security_policy(), policy);
        let of = |origin: &str| Source(origin.into());
        let framing = Needs { frames: vec![of("https://a.example"), of("https://b.example:8443")], ..Needs::default() };
        let policy = format!("{base}; frame-src https://a.example https://b.example:8443; form-action 'none'{end}");
        assert_eq!(framing.content_security_policy(), policy);
        let anywhere = Needs { form_targets: FormTargets::Anywhere, ..Needs::default() };
        assert!(!anywhere.content_security_policy().contains("form-action"));
    }

    #[test]
    fn a_page_is_kept_by_nobody_framed_by_nobody_and_says_its_origin_to_its_own_forms() {
        let headers = Needs::default().headers("de");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "unsafe-none"),
            ("content-language", "de"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        let headers = Needs { alone: true, tells_origin: true, ..Needs::default() }.headers("en");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["referrer-policy"], "strict-origin");
    }
}
