//! What the modules stand on: a provider over HTTPS, relying parties that registered themselves, and browsers that take
//! authorization responses in whatever mode.

use crate::tls::certificate::trusted;
use crate::world::server::{self, free_port, program};
use crate::world::{Answer, Browser, RelyingParty, Server, jwt, relying_party, signature};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use tempfile::TempDir;

/// Who signs in: an end-user of whom every standard claim is known.
pub const USERNAME: &str = "wilma";
/// Her password.
pub const PASSWORD: &str = "wonderland";
/// Where relying parties take responses.
pub const REDIRECT_URI: &str = "https://client.example/callback";
/// Every scope value of OpenID Connect Core 5.4.
pub const EVERY_SCOPE: &str = "openid profile email address phone offline_access";
/// Most pages on the way to a response.
const PAGES_MAX: usize = 8;

/// The provider that tests at one time share: it is started by the first and ends with the last.
static SHARED: Mutex<Weak<Provider>> = Mutex::new(Weak::new());

/// A server over HTTPS that anyone may register a client with.
pub struct Provider {
    pub server: Server,
    directory: TempDir,
}

impl Provider {
    /// The one that is shared.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let provider = Arc::new(Self::with(""));
            *shared = Arc::downgrade(&provider);
            provider
        })
    }

    /// One of its own, with these settings (TOML).
    pub fn with(more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let files = trusted().write(directory.path());
        let authority = directory.path().join("certificate.pem");
        let configuration = format!(
            "issuer = \"https://localhost:{port}\"\nlisten.address = \"127.0.0.1:{port}\"\nregistration.open = true\n\
             fetch.allow_private_addresses = true\nfetch.ca_file = {authority:?}\n{files}{more}"
        );
        let server = Server::serve_in(directory.path(), &configuration);
        add_user(directory.path());
        Self { server, directory }
    }

    /// Runs a command of the operator's on its database.
    pub fn runs(&self, command: &[&str]) {
        server::command(self.directory.path(), &[command, &["--config", "gatewright.toml"]].concat(), "");
    }

    /// The discovery document.
    pub async fn metadata(&self) -> Value {
        self.get("/.well-known/openid-configuration").await
    }

    /// The public keys.
    pub async fn jwks(&self) -> Value {
        self.get("/jwks").await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = relying_party::request(Method::GET, &self.server.at(path), None, None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

fn add_user(directory: &Path) {
    let claims = json!({
        "name": "Wilma Example", "given_name": "Wilma", "family_name": "Example", "middle_name": "Q",
        "nickname": "Willy", "preferred_username": "wilma", "profile": "https://people.example/wilma",
        "picture": "https://people.example/wilma.png", "website": "https://wilma.example", "gender": "female",
        "birthdate": "1985-10-26", "zoneinfo": "Europe/Berlin", "locale": "de-DE", "updated_at": 1_700_000_000,
        "email": "wilma@example.com", "email_verified": true, "phone_number": "+49 30 123456",
        "phone_number_verified": false,
        "address": { "formatted": "Weg 1\nBerlin", "street_address": "Weg 1", "locality": "Berlin", "country": "DE" },
    });
    let file = directory.join("claims.json");
    std::fs::write(&file, claims.to_string()).unwrap();
    let mut command = Command::new(program());
    let command = command.args(["user", "add", USERNAME, "--config", "gatewright.toml", "--claims-file"]).arg(file);
    let command = command.current_dir(directory).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// A run of modules.
pub struct Suite {
    pub provider: Arc<Provider>,
    /// What every authorization request of this run has beside its own parameters.
    pub asks: &'static [(&'static str, &'static str)],
}

/// Where a browser came to.
#[derive(Debug)]
pub enum Landing {
    /// At the relying party.
    Response(BTreeMap<String, String>),
    /// On a page of the provider's.
    Page(Answer),
}

impl Landing {
    /// The response.
    pub fn response(self) -> BTreeMap<String, String> {
        match self {
            Self::Response(response) => response,
            Self::Page(answer) => panic!("a page and no response: {}\n{}", answer.status, answer.body),
        }
    }

    /// The error of the response.
    pub fn error(self) -> String {
        let response = self.response();
        response.get("error").unwrap_or_else(|| panic!("no error in {response:?}")).clone()
    }

    /// The page, which is no error and asks the end-user for something.
    pub fn asks_to_sign_in(self) -> Answer {
        match self {
            Self::Page(answer) if answer.status == 200 && answer.page().has_field("password") => answer,
            other => panic!("no sign-in page: {other:?}"),
        }
    }

    /// Asserts that an error is told to the end-user, who is not sent on.
    pub fn tells_an_error(self) {
        match self {
            Self::Page(answer) => assert!(answer.status.is_client_error(), "{}\n{}", answer.status, answer.body),
            Self::Response(response) => panic!("sent on with {response:?}"),
        }
    }
}

impl Suite {
    /// A relying party with these members beside a redirect URI of its own.
    pub async fn client(&self, members: Value) -> RelyingParty {
        let mut document = json!({
            "redirect_uris": [REDIRECT_URI], "scope": EVERY_SCOPE,
            "grant_types": ["authorization_code", "refresh_token"],
        });
        for (name, value) in members.as_object().unwrap() {
            document[name] = value.clone();
        }
        RelyingParty::register(&self.provider.server, document).await
    }

    /// What a browser comes to with an authorization request, when nobody does anything.
    pub async fn opens(&self, client: &RelyingParty, browser: &Browser, extra: &[(&str, &str)]) -> Landing {
        let asked = [self.asks, extra].concat();
        self.opens_url(client, browser, &client.authorization_url(&asked)).await
    }

    /// What a browser comes to at a URL of the provider's.
    pub async fn opens_url(&self, client: &RelyingParty, browser: &Browser, url: &str) -> Landing {
        landed(client, browser.open(url).await)
    }

    /// The response to an authorization request, when the end-user signs in and allows what is asked.
    pub async fn response(
        &self,
        client: &RelyingParty,
        browser: &Browser,
        extra: &[(&str, &str)],
    ) -> BTreeMap<String, String> {
        let landing = self.opens(client, browser, extra).await;
        self.goes_on(client, browser, landing).await
    }

    /// The response, when the end-user goes on from where they are.
    pub async fn goes_on(
        &self,
        client: &RelyingParty,
        browser: &Browser,
        mut landing: Landing,
    ) -> BTreeMap<String, String> {
        for _ in 0..PAGES_MAX {
            let answer = match landing {
                Landing::Response(response) => return response,
                Landing::Page(answer) => answer,
            };
            assert_eq!(answer.status, 200, "{}", answer.body);
            let page = answer.page();
            let known = [("username", USERNAME), ("password", PASSWORD)];
            let typed: Vec<_> = known.into_iter().filter(|(name, _)| page.has_field(name)).collect();
            landing = landed(client, browser.submit(&page, &typed, &page.main_button()).await);
        }
        panic!("no end of pages");
    }

    /// Tokens for the end-user, by the code flow.
    pub async fn tokens(&self, client: &RelyingParty, browser: &Browser, extra: &[(&str, &str)]) -> Value {
        let response = self.response(client, browser, extra).await;
        self.redeems(client, &response).await
    }

    /// Tokens for the code of a response, which names its issuer (RFC 9207) and brings back the state.
    pub async fn redeems(&self, client: &RelyingParty, response: &BTreeMap<String, String>) -> Value {
        let code = response.get("code").unwrap_or_else(|| panic!("no code in {response:?}"));
        assert_eq!(response["iss"], self.provider.server.issuer);
        let answer = client.redeem(code).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.json()
    }

    /// The claims of the ID token among tokens, whose signature holds by a published key and whose claims are right.
    pub async fn id_token(&self, client: &RelyingParty, tokens: &Value) -> Value {
        let claims = signature::verified_rs256(&self.provider.jwks().await, text(tokens, "id_token"));
        assert_eq!(claims["iss"], self.provider.server.issuer);
        assert_eq!(claims["aud"], client.client_id);
        assert!(claims["exp"].as_i64() > claims["iat"].as_i64());
        claims
    }

    /// What userinfo says to the access token among tokens, for the `sub` of the ID token.
    pub async fn userinfo(&self, client: &RelyingParty, tokens: &Value) -> Value {
        let answer = client.userinfo(text(tokens, "access_token")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let claims = answer.json();
        assert_eq!(claims["sub"], jwt::claims(text(tokens, "id_token"))["sub"]);
        claims
    }
}

/// A text member.
pub fn text<'v>(document: &'v Value, member: &str) -> &'v str {
    document[member].as_str().unwrap_or_else(|| panic!("no {member} in {document}"))
}

/// A response leads to the redirect URI: by a redirect, or by a form that posts itself there.
fn landed(client: &RelyingParty, answer: Answer) -> Landing {
    if let Some(location) = answer.location() {
        assert!(location.as_str().starts_with(&client.redirect_uri), "sent to {location}");
        return Landing::Response(relying_party::response_of(&answer));
    }
    if answer.body.contains("id=\"responseForm\"") {
        let page = answer.page();
        assert_eq!(page.action.as_str(), client.redirect_uri);
        assert!(answer.body.contains("<script>"), "the form does not post itself");
        return Landing::Response(page.hidden);
    }
    Landing::Page(answer)
}
