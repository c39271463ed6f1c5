//! `fapi2-security-profile-final-test-plan`: two clients of the profile that authenticate by `private_key_jwt` and show a
//! key by DPoP, over HTTPS.

mod assertions;
mod codes;
mod discovery;
mod flow;
mod proofs;
mod pushes;
mod resource;

use crate::endpoints::dpop::Prover;
use crate::tls::certificate::Certificate;
use crate::tls::served;
use crate::world::relying_party::response_of;
use crate::world::server::command;
use crate::world::signature::{ClientKey, RsaClientKey};
use crate::world::{Answer, Browser, Server, browser};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REDIRECT_URI: &str = "https://client.example/cb";
/// How far behind a node may be with clients that another program registers.
const CLIENTS_BEHIND: Duration = Duration::from_millis(1_500);

/// A client, with its keys.
struct Party {
    id: &'static str,
    key: ClientKey,
    rsa: RsaClientKey,
    prover: Prover,
}

/// The server that tests at one time share: it is started by the first and ends with the last.
static SHARED: Mutex<Weak<Provider>> = Mutex::new(Weak::new());

/// The server, and two clients of the profile.
struct Provider {
    server: Server,
    one: Party,
    two: Party,
    certificate: Certificate,
    port: u16,
    _directory: TempDir,
}

/// The same with a browser.
struct Fapi {
    provider: Arc<Provider>,
    /// Of this test alone: its connections end with the runtime of the test.
    http: reqwest::Client,
    browser: Browser,
}

impl Deref for Fapi {
    type Target = Provider;

    fn deref(&self) -> &Provider {
        &self.provider
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// A document with other members; those that are null go.
fn changed(mut whole: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    whole
}

impl Party {
    fn new(id: &'static str) -> Self {
        Self { id, key: ClientKey::generate(), rsa: RsaClientKey::generate(), prover: Prover::new() }
    }

    fn jwks(&self) -> Value {
        json!({ "keys": [self.key.jwks()["keys"][0], self.rsa.jwk()] })
    }

    /// The claims of an assertion, with other ones.
    fn claims(&self, server: &Server, changes: &Value) -> Value {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let jti = format!("assertion-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
        let own = json!({ "iss": self.id, "sub": self.id, "aud": server.issuer, "exp": now() + 60, "jti": jti });
        changed(own, changes)
    }
}

impl Provider {
    /// A server with more settings.
    fn with(more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (server, certificate, port) =
            served(directory.path(), &format!("keys.algorithms = [\"ES256\", \"PS256\"]\n{more}"));
        let (one, two) = (Party::new("one"), Party::new("two"));
        for party in [&one, &two] {
            let document = json!({
                "redirect_uris": [REDIRECT_URI], "profile": "fapi2", "jwks": party.jwks(),
                "token_endpoint_auth_method": "private_key_jwt", "id_token_signed_response_alg": "ES256",
                "dpop_bound_access_tokens": true,
                "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            });
            let file = directory.path().join(format!("{}.json", party.id));
            std::fs::write(&file, document.to_string()).unwrap();
            let configured =
                ["--config", "gatewright.toml", "--id", party.id, "--metadata-file", file.to_str().unwrap()];
            command(directory.path(), &[&["client", "add"], &configured[..]].concat(), "");
        }
        std::thread::sleep(CLIENTS_BEHIND);
        Self { server, one, two, certificate, port, _directory: directory }
    }
}

impl Fapi {
    /// At the server that is shared.
    fn start() -> Self {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let provider = shared.upgrade().unwrap_or_else(|| Arc::new(Provider::with("")));
        *shared = Arc::downgrade(&provider);
        Self::at(provider)
    }

    /// At a server of its own, with more settings.
    fn with(more: &str) -> Self {
        Self::at(Arc::new(Provider::with(more)))
    }

    fn at(provider: Arc<Provider>) -> Self {
        let http = provider.certificate.client();
        let browser = Browser::with(http.clone());
        Self { provider, http, browser }
    }

    async fn send(&self, method: Method, url: &str, headers: &[(&str, &str)], form: Option<&Value>) -> Answer {
        let mut request = self.http.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            let pairs = form.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap()));
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        browser::read(request).await.expect("a whole answer")
    }

    /// A form posted to an endpoint with this assertion and, where there is one, this proof.
    async fn post(&self, path: &str, form: Value, (assertion, proof): (&str, Option<&str>)) -> Answer {
        let own = json!({ "client_assertion_type": JWT_BEARER, "client_assertion": assertion });
        let proof: Vec<(&str, &str)> = proof.iter().map(|proof| ("dpop", *proof)).collect();
        self.send(Method::POST, &self.server.at(path), &proof, Some(&changed(form, &own))).await
    }

    /// The same with an assertion and a proof of the party's own.
    async fn post_as(&self, party: &Party, path: &str, form: Value) -> Answer {
        let proof = party.prover.proof("POST", &self.server.at(path), &json!({}));
        let assertion = party.key.sign(&party.claims(&self.server, &json!({})));
        self.post(path, form, (&assertion, Some(&proof))).await
    }

    /// What a party pushes.
    fn request(&self, party: &Party, changes: &Value) -> Value {
        let (_, challenge) = crate::world::relying_party::pkce();
        let own = json!({
            "client_id": party.id, "response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid offline_access",
            "state": "state-1", "nonce": "nonce-1", "code_challenge": challenge, "code_challenge_method": "S256",
        });
        changed(own, changes)
    }

    async fn push(&self, party: &Party, changes: &Value) -> Answer {
        self.post_as(party, "/par", self.request(party, changes)).await
    }

    /// The URL that a pushed request is opened by.
    fn url_of(&self, party: &Party, pushed: &Answer) -> String {
        assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.body);
        let pushed = pushed.json();
        assert!(pushed["expires_in"].as_u64().unwrap() >= 5, "{pushed}");
        self.url(party.id, pushed["request_uri"].as_str().unwrap())
    }

    fn url(&self, client_id: &str, request_uri: &str) -> String {
        let mut url = url::Url::parse(&self.server.at("/authorize")).unwrap();
        url.query_pairs_mut().append_pair("client_id", client_id).append_pair("request_uri", request_uri);
        url.into()
    }

    /// What comes of a request that is pushed with these changes, once Alice has signed in.
    async fn authorized(&self, party: &Party, changes: &Value) -> BTreeMap<String, String> {
        let url = self.url_of(party, &self.push(party, changes).await);
        let response = response_of(&self.browser.sign_in(&url, "alice", "wonderland").await);
        assert_eq!(response.get("iss"), Some(&self.server.issuer), "{response:?}");
        response
    }

    async fn code(&self, party: &Party) -> String {
        let response = self.authorized(party, &json!({})).await;
        response.get("code").unwrap_or_else(|| panic!("no code in {response:?}")).clone()
    }

    /// What redeems a code.
    fn redemption(&self, code: &str, changes: &Value) -> Value {
        let (verifier, _) = crate::world::relying_party::pkce();
        let own = json!({
            "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": verifier,
        });
        changed(own, changes)
    }

    async fn tokens(&self, party: &Party) -> Value {
        let code = self.code(party).await;
        let answer = self.post_as(party, "/token", self.redemption(&code, &json!({}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    /// Userinfo by a token of the party's, with a proof of its own.
    async fn resource(&self, party: &Party, token: &str) -> Answer {
        let proof = party.prover.proof_with("GET", &self.server.at("/userinfo"), token);
        self.resource_with((&format!("DPoP {token}"), &[proof.as_str()])).await
    }

    async fn resource_with(&self, (authorization, proofs): (&str, &[&str])) -> Answer {
        let mut headers = vec![("authorization", authorization)];
        headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
        self.send(Method::GET, &self.server.at("/userinfo"), &headers, None).await
    }

    /// Opens a URL that must lead to an error page, or back with one of these errors.
    async fn turned_down(&self, url: &str, errors: &[&str]) {
        let answer = Browser::with(self.http.clone()).open(url).await;
        match answer.location() {
            None => assert!(answer.status.is_client_error(), "{}: {}", answer.status, answer.body),
            Some(_) => {
                let response = response_of(&answer);
                assert!(errors.contains(&response["error"].as_str()), "{response:?}");
            }
        }
    }
}

/// Sees that an endpoint refused, by one of these errors.
#[track_caller]
fn refused(answer: &Answer, errors: &[&str]) {
    let told = answer.json();
    let error = told["error"].as_str().unwrap_or_else(|| panic!("no error in {told}"));
    assert!(matches!(answer.status.as_u16(), 400 | 401) && errors.contains(&error), "{}: {told}", answer.status);
}
