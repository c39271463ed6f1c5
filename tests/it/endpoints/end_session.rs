//! `/end_session` (OpenID Connect RP-Initiated Logout 1.0, 2 and 3): what leads back to the client, what asks, and what
//! only signs out.

use crate::world::page::heading;
use crate::world::relying_party::response_of;
use crate::world::signature::ClientKey;
use crate::world::{Answer, Browser, RelyingParty, Server, jwt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::json;
use url::Url;

const BYE: &str = "https://client.example/bye";

/// A client, and a browser in which alice signed in to it.
struct SignedIn {
    client: RelyingParty,
    browser: Browser,
    id_token: String,
    _server: Server,
}

impl SignedIn {
    async fn new() -> Self {
        let server = Server::quickstart();
        let client = RelyingParty::register(&server, json!({ "post_logout_redirect_uris": [BYE] })).await;
        let mut signed_in = Self { client, browser: Browser::new(), id_token: String::new(), _server: server };
        signed_in.again().await;
        signed_in
    }

    /// Signs in anew.
    async fn again(&mut self) {
        let code = self.client.code_in(&self.browser, &[]).await;
        let tokens = self.client.redeem(&code).await.json();
        self.id_token = tokens["id_token"].as_str().unwrap().to_owned();
    }

    async fn log_out(&self, parameters: &[(&str, &str)]) -> Answer {
        let url = Url::parse_with_params(&format!("{}/end_session", self.client.issuer), parameters).unwrap();
        self.browser.send(Method::GET, url.as_str(), None).await
    }

    /// Whether a request that may show no page is answered with a code.
    async fn is_signed_in(&self) -> bool {
        let answer = self.browser.open(&self.client.authorization_url(&[("prompt", "none")])).await;
        let response = response_of(&answer);
        assert!(response.contains_key("code") || response["error"] == "login_required", "{response:?}");
        response.contains_key("code")
    }
}

#[tokio::test]
async fn a_hint_and_a_registered_address_lead_back_with_the_state_and_the_session_is_over() {
    let mut alice = SignedIn::new().await;
    assert!(alice.is_signed_in().await);
    for (state, location) in [(Some("s 1"), "https://client.example/bye?state=s+1"), (None, BYE)] {
        let hint = alice.id_token.clone();
        let mut parameters = vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
        parameters.extend(state.map(|state| ("state", state)));
        let answer = alice.log_out(&parameters).await;
        assert_eq!(answer.location().map(String::from).as_deref(), Some(location), "{}", answer.body);
        assert!(!alice.is_signed_in().await);
        alice.again().await;
    }
}

#[tokio::test]
async fn a_logout_may_be_posted() {
    let alice = SignedIn::new().await;
    let url = format!("{}/end_session", alice.client.issuer);
    let form = [("id_token_hint", alice.id_token.as_str()), ("post_logout_redirect_uri", BYE)];
    let answer = alice.browser.send(Method::POST, &url, Some(&form)).await;
    assert_eq!(answer.location().map(String::from).as_deref(), Some(BYE), "{}", answer.body);
    assert!(!alice.is_signed_in().await);
}

#[tokio::test]
async fn what_is_not_proven_or_not_registered_leads_nowhere() {
    let alice = SignedIn::new().await;
    let good = alice.id_token.as_str();
    let claims = good.split('.').nth(1).unwrap();
    let without_signature = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string()));
    let signed_by_another = ClientKey::generate().sign(&jwt::claims(good));
    let with_query = format!("{BYE}?foo=bar");
    for (what, parameters) in [
        ("modified hint", vec![("id_token_hint", without_signature.as_str()), ("post_logout_redirect_uri", BYE)]),
        ("hint of another", vec![("id_token_hint", signed_by_another.as_str()), ("post_logout_redirect_uri", BYE)]),
        ("no hint", vec![("post_logout_redirect_uri", BYE), ("state", "s")]),
        ("no parameters", vec![]),
        ("only state", vec![("state", "s")]),
    ] {
        let answer = alice.log_out(&parameters).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::OK, None), "{what}");
        assert_eq!(answer.page().form_id, "signOutForm", "{what}: {}", answer.body);
        assert!(alice.is_signed_in().await, "{what}: nobody said yes");
    }
    for (what, uri) in [("not registered", "https://evil.example/bye"), ("query added", with_query.as_str())] {
        let answer = alice.log_out(&[("id_token_hint", good), ("post_logout_redirect_uri", uri)]).await;
        assert_eq!(answer.location(), None, "{what}");
        assert!(!answer.body.contains("evil.example"), "{what}");
    }
}

#[tokio::test]
async fn who_says_yes_is_signed_out_and_told_so() {
    let alice = SignedIn::new().await;
    let question = alice.log_out(&[]).await.page();
    let answer = alice.browser.submit(&question, &[], &question.main_button()).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::OK, None));
    assert_eq!(heading(&answer.body), "You are signed out");
    assert!(!alice.is_signed_in().await);
    // Once more, with no session left: told the same, nothing asked.
    for parameters in [vec![], vec![("state", "s")]] {
        let answer = alice.log_out(&parameters).await;
        assert!(answer.status == StatusCode::OK && !answer.body.contains("signOutForm"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_hint_alone_signs_out_and_ends_on_our_page() {
    let alice = SignedIn::new().await;
    let answer = alice.log_out(&[("id_token_hint", &alice.id_token)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::OK, None));
    assert_eq!(heading(&answer.body), "You are signed out");
    assert!(!alice.is_signed_in().await);
}
