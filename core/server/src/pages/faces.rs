//! Who stands on a page: the client that asks (RFC 7591 2) and the end-user's account. Both are strangers'
//! words until they are brought into shape here.

use super::headers::Source;
use super::presentable;
use gatewright_domain::client::Client;
use gatewright_domain::user::UserView;
use gatewright_protocol::redirect_uri::RedirectUri;
use serde::Serialize;
use url::Url;

/// A client as the end-user sees it.
#[derive(Debug, Clone, Serialize)]
pub struct ClientFace {
    name: String,
    initial: String,
    logo: Option<String>,
    home: Option<String>,
    policy: Option<String>,
    terms: Option<String>,
    returns_to: Option<ReturnPlace>,
    /// Where signing in begins at it.
    begin: Option<String>,
    #[serde(skip)]
    logo_source: Option<Source>,
    #[serde(skip)]
    form_target: Option<Source>,
}

/// Where the browser goes when it leaves us. A name and a logo can be anybody's; this cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ReturnPlace {
    /// Host and port, or the scheme of an application on the device.
    place: String,
    /// Whether it is an application on the device and no site.
    app: bool,
}

impl ClientFace {
    /// The face of `client`, on pages that end at `redirect_uri`.
    pub fn of(client: &Client, redirect_uri: Option<&RedirectUri>) -> Self {
        let presented = &client.presentation;
        let name = Some(presentable::name(client.display_name())).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| client.id.as_str().to_owned());
        let logo = presented.logo_uri.as_deref().and_then(web_address).filter(is_safe_to_load);
        let logo_source = logo.as_ref().and_then(Source::origin);
        Self {
            initial: presentable::initial(&name),
            name,
            // Without a source that the page may load from, it would only be a broken picture.
            logo: logo_source.as_ref().and(logo).map(String::from),
            home: presented.client_uri.as_deref().and_then(web_address).map(String::from),
            policy: presented.policy_uri.as_deref().and_then(web_address).map(String::from),
            terms: presented.tos_uri.as_deref().and_then(web_address).map(String::from),
            returns_to: redirect_uri.map(return_place),
            begin: None,
            logo_source,
            form_target: redirect_uri.and_then(Source::redirect_target),
        }
    }

    /// The same, where signing in begins at `address` (OpenID Connect Core 4).
    #[must_use]
    pub fn beginning_at(self, address: Option<String>) -> Self {
        Self { begin: address.as_deref().and_then(web_address).map(String::from), ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a native app is told of it.
    pub(super) fn document(&self) -> ClientDocument<'_> {
        ClientDocument {
            name: &self.name,
            logo_uri: self.logo.as_deref(),
            client_uri: self.home.as_deref(),
            policy_uri: self.policy.as_deref(),
            tos_uri: self.terms.as_deref(),
        }
    }

    /// A face with everything on it.
    pub(super) fn sample() -> Self {
        let address = |path: &str| Some(format!("https://almanac.example/{path}"));
        Self {
            name: "Weather Almanac".into(),
            initial: "W".into(),
            logo: address("logo.png"),
            home: address(""),
            policy: address("privacy"),
            terms: address("terms"),
            returns_to: Some(ReturnPlace { place: "almanac.example".into(), app: false }),
            begin: address("login"),
            logo_source: None,
            form_target: None,
        }
    }

    /// Where its logo is loaded from.
    pub(super) fn logo_source(&self) -> Option<&Source> {
        self.logo_source.as_ref()
    }

    /// Where a form's answer may lead.
    pub(super) fn form_target(&self) -> Option<&Source> {
        self.form_target.as_ref()
    }
}

/// A client as a native app is told of it, by the names of RFC 7591.
#[derive(Debug, Serialize)]
pub(super) struct ClientDocument<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tos_uri: Option<&'a str>,
}

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountFace {
    name: String,
    /// What the end-user types to sign in, where it is not the name itself.
    username: Option<String>,
    initial: String,
}

impl AccountFace {
    /// The face of an account: its `name` claim (OpenID Connect Core 5.1), else its username.
    pub fn of(user: &UserView) -> Self {
        let username = presentable::name(&user.username);
        let claimed = user.claims.get("name").and_then(|name| name.as_str()).map(presentable::name);
        let name = claimed.filter(|name| !name.is_empty()).unwrap_or_else(|| username.clone());
        Self { initial: presentable::initial(&name), username: (username != name).then_some(username), name }
    }

    /// Its name, and its username where that is another.
    pub(super) fn names(&self) -> (&str, Option<&str>) {
        (&self.name, self.username.as_deref())
    }

    /// A face with everything on it.
    pub(super) fn sample() -> Self {
        Self { name: "Alice Liddell".into(), username: Some("alice".into()), initial: "A".into() }
    }
}

/// A link may lead to the web and nowhere else: no `javascript:`, no `data:`.
fn web_address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

/// A picture in clear would tell the network who signs in where, and browsers refuse it on a page in TLS; this
/// very machine is no network.
fn is_safe_to_load(url: &Url) -> bool {
    url.scheme() == "https" || matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn return_place(redirect_uri: &RedirectUri) -> ReturnPlace {
    match Url::parse(redirect_uri.as_str()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            ReturnPlace { place: format!("{host}{port}"), app: false }
        }
        _ => ReturnPlace { place: redirect_uri.scheme(), app: true },
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn place(redirect_uri: &str) -> (String, bool) {
        let ReturnPlace { place, app } = return_place(&RedirectUri::try_from(redirect_uri).unwrap());
        (place, app)
    }

    #[test]
    fn where_the_browser_goes_is_told_by_host_as_browsers_read_it() {
        assert_eq!(place("https://Client.Example:443/cb?x=y"), ("client.example".into(), false));
        assert_eq!(place("https://client.example:8443/cb"), ("client.example:8443".into(), false));
        assert_eq!(place("http://[::1]:9000/"), ("[::1]:9000".into(), false));
        assert_eq!(place("com.example.app:/cb"), ("com.example.app".into(), true));
    }

    #[test]
    fn a_link_or_logo_that_is_no_web_address_is_left_out() {
        for address in ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://a.example/", "https:", "x"]
        {
            let mut client = samples::client();
            client.presentation.logo_uri = Some(address.into());
            client.presentation.policy_uri = Some(address.into());
            client.presentation.tos_uri = Some(address.into());
            client.presentation.client_uri = Some(address.into());
            let face = ClientFace::of(&client, None);
            assert_eq!((face.logo, face.policy, face.terms, face.home), (None, None, None, None), "{address}");
        }
    }

    #[test]
    fn a_logo_is_not_loaded_in_clear_but_from_this_machine() {
        for (logo, loaded) in [
            ("https://client.example/l.png", true),
            ("http://client.example/l.png", false),
            ("http://localhost:3000/l.png", true),
            ("http://localhost.evil.example/l.png", false),
        ] {
            let mut client = samples::client();
            client.presentation.logo_uri = Some(logo.into());
            assert_eq!(ClientFace::of(&client, None).logo.is_some(), loaded, "{logo}");
        }
    }

    #[test]
    fn a_client_without_a_name_is_called_by_its_identifier() {
        let mut client = samples::client();
        client.presentation.name = Some(" \u{202e}\n".into());
        assert_eq!(ClientFace::of(&client, None).name(), client.id.as_str());
    }

    #[test]
    fn an_account_is_called_by_its_name_claim_and_shown_with_its_username() {
        let mut user = samples::user();
        let face = AccountFace::of(&user);
        assert_eq!((face.name.as_str(), face.username.as_deref()), ("Alice Liddell", Some("alice")));
        user.claims.remove("name");
        let face = AccountFace::of(&user);
        assert_eq!((face.name.as_str(), face.username, face.initial.as_str()), ("alice", None, "A"));
    }
}
