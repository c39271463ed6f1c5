//! A visitor who notes the version of the policy wherever one shows.

use super::folder::Folder;
use crate::world::relying_party::response_of;
use crate::world::{Answer, Browser, RelyingParty, jwt};
use serde_json::Value;

/// What is signed in with.
pub const USERNAME: &str = "alice";
const PASSWORD: &str = "wonderland";

/// The versions seen in one login, and where.
#[derive(Debug, Default)]
pub struct Seen(Vec<(&'static str, usize)>);

impl Seen {
    /// The one version that was seen.
    pub fn version(&self) -> usize {
        let (_, version) = self.0[0];
        assert!(self.0.iter().all(|(_, other)| *other == version), "mixed policies in one login: {self:?}");
        version
    }

    fn note(&mut self, place: &'static str, version: usize) {
        self.0.push((place, version));
    }

    fn note_page(&mut self, place: &'static str, answer: &Answer) {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let heading = answer.page().heading();
        let version = heading.strip_prefix("Version ").unwrap_or_else(|| panic!("a page with no version: {heading}"));
        self.note(place, version.parse().unwrap());
    }
}

/// Where a visitor stands.
pub struct Visitor {
    client: RelyingParty,
    browser: Browser,
    page: Answer,
    pages: usize,
    seen: Seen,
}

impl Visitor {
    /// Someone new who opened the first page of a sign-in over one page or over two.
    pub async fn arrives(client: &RelyingParty, browser: Browser, acr: &str) -> Self {
        Self::led_on(client, browser, acr, &client.issuer).await
    }

    /// The same at a node of which another is the issuer: there the pages are.
    pub async fn led_on(client: &RelyingParty, browser: Browser, acr: &str, issuer: &str) -> Self {
        let page = browser.open(&authorization_url(client, &[("acr_values", acr)])).await;
        let page = browser.go_on(page, issuer).await;
        let mut seen = Seen::default();
        seen.note_page("first page", &page);
        Self { client: client.clone(), browser, page, pages: if acr == "two_pages" { 2 } else { 1 }, seen }
    }

    /// Types a username on the first page of two.
    pub async fn says_who(mut self) -> Self {
        let typed = [("username", USERNAME)];
        self.page = self.browser.submit(&self.page.page(), &typed, "continue").await;
        self.seen.note_page("second page", &self.page);
        self.pages = 1;
        self
    }

    /// Signs in and has the code redeemed.
    pub async fn ends(self) -> Seen {
        let mut visitor = if self.pages == 2 { self.says_who().await } else { self };
        let page = visitor.page.page();
        let known = [("username", USERNAME), ("password", PASSWORD)];
        let typed: Vec<_> = known.into_iter().filter(|(name, _)| page.has_field(name)).collect();
        let answer = visitor.browser.submit(&page, &typed, "continue").await;
        redeemed(&visitor.client, &answer, true, &mut visitor.seen).await;
        visitor.seen
    }
}

/// A code for someone with a session, not redeemed yet.
pub struct CodeInHand {
    client: RelyingParty,
    answer: Answer,
}

impl CodeInHand {
    /// No page is shown for it, so its version shows first in the ID token that comes with the code.
    pub async fn of(client: &RelyingParty, browser: &Browser) -> Self {
        Self { client: client.clone(), answer: browser.open(&authorization_url(client, &[])).await }
    }

    /// Has it redeemed.
    pub async fn ends(self) -> Seen {
        let mut seen = Seen::default();
        redeemed(&self.client, &self.answer, false, &mut seen).await;
        seen
    }
}

/// A code flow on a live session.
pub async fn single_sign_on(client: &RelyingParty, browser: &Browser) -> Seen {
    CodeInHand::of(client, browser).await.ends().await
}

/// An ID token comes with the code, so that the authorization endpoint shows its version too.
fn authorization_url(client: &RelyingParty, extra: &[(&str, &str)]) -> String {
    let hybrid = [("response_type", "code id_token"), ("nonce", "nonce-1")];
    client.authorization_url(&[&hybrid, extra].concat())
}

async fn redeemed(client: &RelyingParty, answer: &Answer, signed_in: bool, seen: &mut Seen) {
    let response = response_of(answer);
    let (Some(code), Some(id_token)) = (response.get("code"), response.get("id_token")) else {
        panic!("a login failed: {response:?}");
    };
    note_id_token("ID token with the code", id_token, signed_in, seen);
    let tokens = client.redeem(code).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    let tokens = tokens.json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    note_id_token("ID token", &text("id_token"), signed_in, seen);
    seen.note("access token", number(&jwt::claims(&text("access_token"))["policy_version"]));
}

fn note_id_token(place: &'static str, id_token: &str, signed_in: bool, seen: &mut Seen) {
    let claims = jwt::claims(id_token);
    seen.note(place, number(&claims["policy_version"]));
    // `amr` is the session's: it says by which version the end-user signed in, now or earlier.
    if signed_in {
        let amr = claims["amr"].as_array().unwrap();
        let version = amr.iter().find_map(|method| method.as_str()?.strip_prefix('v')?.parse().ok());
        seen.note("amr", version.unwrap_or_else(|| panic!("no version in {amr:?}")));
    }
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("no version but {value}")).try_into().unwrap()
}

/// A browser in which someone is signed in and allowed the client.
pub async fn signed_in(folder: &Folder, client: &RelyingParty) -> Browser {
    let browser = Browser::new();
    assert!(signed_in_at(client, &browser).await, "{}", folder.server.log());
    browser
}

/// Signs in and allows the client; answers whether a code came.
pub async fn signed_in_at(client: &RelyingParty, browser: &Browser) -> bool {
    let answer = browser.sign_in(&client.authorization_url(&[]), USERNAME, PASSWORD).await;
    response_of(&answer).contains_key("code")
}
