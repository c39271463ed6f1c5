//! A client of the plan: it pushes its requests, proves itself by a key and its codes by PKCE.

use crate::conformance::suite::{Landing, Provider, Suite, text};
use crate::world::relying_party::{pkce, post_form};
use crate::world::signature::ClientKey;
use crate::world::{Answer, Browser, RelyingParty};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use url::Url;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client.
pub struct Party {
    pub suite: Suite,
    pub client: RelyingParty,
    key: ClientKey,
}

/// The current second of the client's clock.
pub fn now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

impl Party {
    /// One at the provider that is shared.
    pub async fn new() -> Self {
        Self::at(Provider::shared()).await
    }

    /// One at this provider.
    pub async fn at(provider: Arc<Provider>) -> Self {
        let suite = Suite { provider, asks: &[] };
        let key = ClientKey::generate();
        let client = suite
            .client(json!({
                "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
                "require_pushed_authorization_requests": true, "require_pkce": true,
            }))
            .await;
        Self { suite, client, key }
    }

    /// A client assertion with these claims changed.
    pub fn assertion(&self, changes: Value) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let (id, number) = (&self.client.client_id, NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut claims = json!({
            "iss": id, "sub": id, "aud": self.client.issuer, "exp": now() + 60, "jti": format!("{id}-{number}"),
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.key.sign(&claims)
    }

    /// Posts a form with a client assertion.
    pub async fn posts(&self, path: &str, form: &[(&str, &str)], assertion: &str) -> Answer {
        let authentication = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
        post_form(&self.suite.provider.server.at(path), &[form, &authentication].concat(), None).await
    }

    /// Pushes the usual request with some parameters changed; one without a value is left out.
    pub async fn pushes(&self, changes: &[(&str, &str)]) -> Answer {
        let (_, challenge) = pkce();
        let usual = [
            ("client_id", self.client.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", self.client.redirect_uri.as_str()),
            ("scope", "openid email"),
            ("state", "pushed"),
            ("nonce", "n-1"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let form: Vec<_> = kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        self.posts("/par", &form, &self.assertion(json!({}))).await
    }

    /// The name of a request that was pushed.
    pub async fn pushed(&self, changes: &[(&str, &str)]) -> String {
        let answer = self.pushes(changes).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert!(answer.json()["expires_in"].as_u64().unwrap() >= 5);
        text(&answer.json(), "request_uri").to_owned()
    }

    /// Where a browser is sent with a pushed request, and with `beside` it.
    pub fn url(&self, request_uri: &str, beside: &[(&str, &str)]) -> String {
        let named = [("client_id", self.client.client_id.as_str()), ("request_uri", request_uri)];
        let parameters = [named.as_slice(), beside].concat();
        Url::parse_with_params(&self.suite.provider.server.at("/authorize"), parameters).unwrap().into()
    }

    /// What a browser comes to with a pushed request.
    pub async fn opens(&self, browser: &Browser, request_uri: &str, beside: &[(&str, &str)]) -> Landing {
        self.suite.opens_url(&self.client, browser, &self.url(request_uri, beside)).await
    }

    /// The response to a pushed request, when the end-user signs in and allows what is asked.
    pub async fn response(&self, request_uri: &str, beside: &[(&str, &str)]) -> BTreeMap<String, String> {
        let browser = Browser::new();
        let landing = self.opens(&browser, request_uri, beside).await;
        self.suite.goes_on(&self.client, &browser, landing).await
    }

    /// Tokens for the code of a response.
    pub async fn redeems(&self, response: &BTreeMap<String, String>) -> Value {
        let (verifier, _) = pkce();
        let code = response.get("code").unwrap_or_else(|| panic!("no code in {response:?}"));
        assert_eq!(response["iss"], self.client.issuer);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", self.client.redirect_uri.as_str()),
            ("code_verifier", verifier.as_str()),
        ];
        let answer = self.posts("/token", &form, &self.assertion(json!({}))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

/// Asserts that a request was not taken, with one of these errors.
#[track_caller]
pub fn is_refused(answer: &Answer, errors: &[&str]) {
    assert!(answer.status.is_client_error(), "{}\n{}", answer.status, answer.body);
    assert!(errors.contains(&text(&answer.json(), "error")), "{}", answer.body);
}

/// Asserts that a browser came to an error page, or the client was told one of these errors.
#[track_caller]
pub fn is_turned_down(landing: Landing, errors: &[&str]) {
    match landing {
        Landing::Page(answer) => assert!(answer.status.is_client_error(), "{}\n{}", answer.status, answer.body),
        Landing::Response(response) => {
            assert!(response.get("error").is_some_and(|error| errors.contains(&error.as_str())), "{response:?}");
        }
    }
}
