//! A server of paper that answers as an OpenID Provider does, and a browser that keeps one cookie.

use super::super::trouble::Trouble;
use super::super::visitor::COOKIE;
use super::super::wire::{Answer, Call, Wire};
use super::super::{Demo, DemoSetup};
use crate::pages::{Overrides, Pages, Rendered, Site};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::{ForeignJwt, JwtRejected};
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::params::Params;
use gatewright_protocol::pkce::CodeVerifier;
use gatewright_protocol::public_jwk::PublicJwk;
use http::header::{COOKIE as COOKIE_HEADER, HeaderValue, LOCATION, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use url::Url;

pub(super) const ISSUER: &str = "http://localhost:8080";
pub(super) const NOW: i64 = 1_795_381_445;

/// What the paper server does, to be changed by a test.
pub(super) struct PaperServer {
    /// Every call: its path, then its form.
    pub(super) calls: Mutex<Vec<(String, HashMap<String, String>)>>,
    /// The request that a code is for.
    pub(super) request: Mutex<HashMap<String, String>>,
    /// Puts something else in the place of a claim of the ID token.
    pub(super) forged: Mutex<Map<String, Value>>,
    /// Answers a path otherwise.
    pub(super) otherwise: Mutex<HashMap<String, (u16, Value)>>,
    refreshed: AtomicU64,
}

impl PaperServer {
    fn id_token(&self) -> String {
        let request = self.request.lock().unwrap();
        let mut claims = json!({
            "iss": ISSUER, "sub": "alice-1", "aud": "demo", "iat": NOW, "exp": NOW + 300,
            "acr": "pwd", "amr": ["pwd"], "auth_time": NOW - 60, "nonce": request["nonce"],
        });
        claims.as_object_mut().unwrap().extend(self.forged.lock().unwrap().clone());
        let part = |document: &Value| URL_SAFE_NO_PAD.encode(document.to_string());
        format!("{}.{}.{}", part(&json!({"alg": "ES256", "kid": "k1"})), part(&claims), part(&json!("signed")))
    }

    fn tokens(&self, call: &Call, form: &HashMap<String, String>) -> (u16, Value) {
        assert_eq!(call.authorization.as_ref().unwrap().expose(), "Basic ZGVtbzpkZW1vLXNlY3JldA==");
        let request = self.request.lock().unwrap().clone();
        let known = match form["grant_type"].as_str() {
            "authorization_code" => {
                let verifier = CodeVerifier::try_from(form["code_verifier"].as_str()).unwrap();
                let proved = verifier.challenge().as_str() == request["code_challenge"];
                form["code"] == "code-1" && proved && form["redirect_uri"] == request["redirect_uri"]
            }
            _ => form["refresh_token"] == format!("refresh-{}", self.refreshed.fetch_add(1, Ordering::Relaxed)),
        };
        if !known {
            return (400, json!({"error": "invalid_grant", "error_description": "The code is <not> known."}));
        }
        let refresh_token = format!("refresh-{}", self.refreshed.load(Ordering::Relaxed));
        let answer = json!({
            "access_token": "opaque-access-token", "token_type": "Bearer", "expires_in": 300,
            "refresh_token": refresh_token, "id_token": self.id_token(), "scope": request["scope"],
        });
        (200, answer)
    }
}

#[async_trait]
impl Wire for PaperServer {
    async fn send(&self, call: Call) -> Result<Answer, Trouble> {
        assert_eq!(call.url.origin().ascii_serialization(), "http://127.0.0.1:8080", "asked where it is reached");
        let form = call.form.as_ref().map_or("", |form| form.expose());
        let form: HashMap<_, _> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let path = call.url.path().to_owned();
        self.calls.lock().unwrap().push((path.clone(), form.clone()));
        let otherwise = self.otherwise.lock().unwrap().get(&path).cloned();
        let (status, body) = match (otherwise, path.as_str()) {
            (Some(answer), _) => answer,
            (None, "/.well-known/openid-configuration") => (200, metadata()),
            (None, "/jwks") => (200, json!({"keys": []})),
            (None, "/token") => self.tokens(&call, &form),
            (None, "/userinfo") => {
                assert_eq!(call.authorization.as_ref().unwrap().expose(), "Bearer opaque-access-token");
                (200, json!({"sub": "alice-1", "name": "Alice <b>Liddell</b>", "email": "alice@example.com"}))
            }
            (None, other) => panic!("nothing is at {other}"),
        };
        Ok(Answer { status: StatusCode::from_u16(status).unwrap(), body: body.to_string().into_bytes() })
    }
}

pub(super) fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize"),
        "end_session_endpoint": format!("{ISSUER}/end_session"),
        "token_endpoint": format!("{ISSUER}/token"),
        "userinfo_endpoint": format!("{ISSUER}/userinfo"),
        "jwks_uri": format!("{ISSUER}/jwks"),
    })
}

/// Believes every signature that says it is one.
struct PaperSeal;

impl ForeignJwt for PaperSeal {
    fn verify_with_jwks(&self, jwt: &str, _: &Value, _: &[JwsAlgorithm]) -> Result<Map<String, Value>, JwtRejected> {
        let parts: Vec<_> = jwt.split('.').collect();
        if parts[2] != URL_SAFE_NO_PAD.encode("\"signed\"") {
            return Err(JwtRejected::Signature);
        }
        Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap())
    }

    fn verify_with_key(&self, _: &str, _: &PublicJwk, _: JwsAlgorithm) -> Result<Map<String, Value>, JwtRejected> {
        Err(JwtRejected::UnknownKey)
    }

    fn verify_with_secret(&self, _: &str, _: &SecretText) -> Result<Map<String, Value>, JwtRejected> {
        Err(JwtRejected::Algorithm)
    }
}

/// A clock to be set.
pub(super) struct SetClock(pub(super) AtomicI64);

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed) * 1000
    }
}

/// Bytes that never repeat.
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

/// The relying party with its server and a browser.
pub(super) struct Scene {
    pub(super) demo: Demo,
    pub(super) server: Arc<PaperServer>,
    pub(super) clock: Arc<SetClock>,
    pub(super) cookie: Mutex<Option<String>>,
}

impl Scene {
    pub(super) fn new() -> Self {
        let server = Arc::new(PaperServer {
            calls: Mutex::default(),
            request: Mutex::default(),
            forged: Mutex::default(),
            otherwise: Mutex::default(),
            refreshed: AtomicU64::new(0),
        });
        let clock = Arc::new(SetClock(AtomicI64::new(NOW)));
        let setup = DemoSetup {
            pages: pages(),
            issuer: Issuer::try_from(ISSUER).unwrap(),
            reach: Url::parse("http://127.0.0.1:8080").unwrap(),
            client_id: ClientId::try_from("demo").unwrap(),
            client_secret: SecretText::new("demo-secret"),
            accounts: vec![("alice".into(), "wonderland".into())],
            verifier: Arc::new(PaperSeal),
            clock: clock.clone(),
            entropy: Arc::new(Counted(AtomicU64::new(1))),
        };
        Self { demo: Demo::over(setup, server.clone()), server, clock, cookie: Mutex::default() }
    }

    /// What the browser sends along.
    pub(super) fn headers(&self) -> HeaderMap {
        let cookie = self.cookie.lock().unwrap();
        let pair = cookie.iter().map(|cookie| HeaderValue::from_str(&format!("{COOKIE}={cookie}")).unwrap());
        pair.map(|pair| (COOKIE_HEADER, pair)).collect()
    }

    /// Takes the cookie of an answer.
    pub(super) fn keep_cookie(&self, answer: &Rendered) {
        if let Some(line) = answer.headers.get(SET_COOKIE) {
            let value = line.to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
            *self.cookie.lock().unwrap() = Some(value).filter(|value| !value.is_empty());
        }
    }

    /// Presses "Sign in"; answers the state of the request, which the server now knows.
    pub(super) async fn begin(&self, query: &str) -> String {
        let answer = self.demo.sign_in(&self.headers(), &params(query)).await;
        self.keep_cookie(&answer);
        let to = Url::parse(location(&answer)).unwrap();
        let request: HashMap<_, _> = to.query_pairs().into_owned().collect();
        let state = request["state"].clone();
        *self.server.request.lock().unwrap() = request;
        state
    }

    /// The server's answer to a request with that state.
    pub(super) async fn respond(&self, state: &str) -> Rendered {
        let response = format!("code=code-1&state={state}&iss=http%3A%2F%2Flocalhost%3A8080");
        let answer = self.demo.callback(&self.headers(), &params(&response)).await;
        self.keep_cookie(&answer);
        answer
    }

    /// `GET /demo`.
    pub(super) fn start(&self) -> Rendered {
        self.demo.start(&self.headers(), &params(""))
    }
}

/// The built-in pages, compiled and proved once for all tests.
fn pages() -> Arc<Pages> {
    static PAGES: LazyLock<Arc<Pages>> =
        LazyLock::new(|| Arc::new(Pages::new(Overrides::default(), Site::default()).unwrap()));
    PAGES.clone()
}

pub(super) fn params(query: &str) -> Params {
    Params::parse_query(query).unwrap()
}

pub(super) fn location(answer: &Rendered) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    answer.headers[LOCATION].to_str().unwrap()
}

/// The token in the forms of a page.
pub(super) fn token(page: &Rendered) -> String {
    page.html.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
