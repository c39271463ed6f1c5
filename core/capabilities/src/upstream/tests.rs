//! Sign-in at a provider that is really spoken to, over loopback.

use super::*;
use gatewright_domain::clock::Timestamp;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::signing::{TestSigner, client_jwks, client_jwt};
use serde_json::json;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const STATE: &str = "interaction.state-1";

/// What the provider answers, by path, and what it was asked.
#[derive(Default)]
struct Script {
    answers: BTreeMap<&'static str, (u16, String)>,
    asked: Vec<String>,
}

struct Scene {
    script: Arc<Mutex<Script>>,
    clock: Arc<FixedClock>,
    upstream: UpstreamProviders,
    issuer: String,
}

impl Scene {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut UpstreamProvider)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let script: Arc<Mutex<Script>> = Arc::default();
        tokio::spawn(serve(listener, script.clone()));
        let mut provider = UpstreamProvider {
            issuer: issuer.clone(),
            client_id: "us".to_owned(),
            client_secret: Some(SecretText::new("p&ss word")),
            scope: "openid email".to_owned(),
            private_addresses: true,
        };
        change(&mut provider);
        let clock = Arc::new(FixedClock::default());
        let setup = UpstreamSetup {
            providers: BTreeMap::from([("corporate".to_owned(), provider)]),
            return_url: "https://id.example/visit".to_owned(),
            extra_authorities: None,
            sealer: Arc::new(TestSigner::default()),
            foreign: Arc::new(TestSigner::default()),
            clock: clock.clone(),
        };
        let scene = Self { script, clock, upstream: UpstreamProviders::new(setup).unwrap(), issuer };
        scene.answers("/.well-known/openid-configuration", 200, scene.metadata());
        scene.answers("/jwks", 200, client_jwks("k1"));
        scene
    }

    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/authorize?tenant=a"), "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
        })
    }

    fn answers(&self, path: &'static str, status: u16, body: Value) {
        self.script.lock().unwrap().answers.insert(path, (status, body.to_string()));
    }

    fn asked(&self, path: &str) -> Vec<String> {
        let script = self.script.lock().unwrap();
        script.asked.iter().filter(|request| request.split(' ').nth(1) == Some(path)).cloned().collect()
    }

    async fn url(&self) -> Url {
        Url::parse(&self.upstream.authorization_url("corporate", STATE).await.unwrap()).unwrap()
    }

    /// Somebody signs in there, as the ID token of this key says with these changes.
    async fn signs_in(&self, kid: &str, changes: Value) {
        let nonce = self.url().await.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned();
        let now = self.clock.now().0;
        let mut claims = json!({
            "iss": self.issuer, "aud": "us", "sub": "u-1", "nonce": nonce, "iat": now, "exp": now + 300,
            "email": "alice@corporate.example",
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let id_token = client_jwt(kid, JwsAlgorithm::ES256, claims.as_object().unwrap());
        self.answers("/token", 200, json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token }));
    }

    async fn returns(&self, brought: &[(&str, &str)]) -> Result<Option<SignedIn>, CallFailed> {
        let brought = brought.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.upstream.redeem("corporate", STATE, &brought).await
    }

    async fn refused(&self, brought: &[(&str, &str)]) -> String {
        self.returns(brought).await.unwrap_err().to_string()
    }
}

async fn serve(listener: TcpListener, script: Arc<Mutex<Script>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, script.clone()));
    }
}

/// One request a connection.
async fn answer(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, body) = {
            let mut script = script.lock().unwrap();
            script.asked.push(text.clone());
            script.answers.get(path.as_str()).cloned().unwrap_or((404, "{}".to_owned()))
        };
        let reply = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(reply.as_bytes()).await.unwrap_or_default();
        return;
    }
}

const CODE: [(&str, &str); 2] = [("state", STATE), ("code", "c0de")];

#[tokio::test]
async fn the_browser_is_sent_with_state_nonce_and_pkce() {
    let scene = Scene::new().await;
    let url = scene.url().await;
    let told: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let told = |name: &str| told.get(name).map(String::as_str).unwrap_or_default();
    assert_eq!((told("tenant"), told("response_type"), told("client_id")), ("a", "code", "us"));
    assert_eq!((told("redirect_uri"), told("scope")), ("https://id.example/visit", "openid email"));
    assert_eq!((told("state"), told("code_challenge_method")), (STATE, "S256"));
    assert!(!told("nonce").is_empty() && !told("code_challenge").is_empty() && told("nonce") != told("code_challenge"));
    assert_eq!(scene.url().await, url, "another node ties the same visit to its return");
    let other = scene.upstream.authorization_url("corporate", "interaction.state-2").await.unwrap();
    assert_ne!(Url::parse(&other).unwrap().query_pairs().find(|(name, _)| name == "nonce").unwrap().1, told("nonce"));
}

#[tokio::test]
async fn a_code_is_redeemed_with_its_verifier_and_the_clients_secret() {
    let scene = Scene::new().await;
    scene.signs_in("k1", json!({})).await;
    let signed_in = scene.returns(&CODE).await.unwrap().unwrap();
    assert_eq!((signed_in.issuer.as_str(), signed_in.subject.as_str()), (scene.issuer.as_str(), "u-1"));
    assert_eq!(signed_in.claims["email"], "alice@corporate.example");
    let asked = &scene.asked("/token")[0];
    let basic = format!("authorization: Basic {}", STANDARD.encode("us:p%26ss+word"));
    assert!(asked.contains(&basic) && !asked.contains("client_secret"), "{asked}");
    let form: BTreeMap<_, _> =
        url::form_urlencoded::parse(asked.split("\r\n\r\n").nth(1).unwrap().as_bytes()).into_owned().collect();
    assert_eq!((form["grant_type"].as_str(), form["code"].as_str()), ("authorization_code", "c0de"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    assert!(form["code_verifier"].len() >= 43);
    assert!(scene.url().await.query_pairs().any(|(name, value)| name == "code_challenge" && value == challenge));
    assert_eq!(scene.asked("/.well-known/openid-configuration").len(), 1, "what was fetched is kept");
}

#[tokio::test]
async fn a_client_without_basic_sends_its_secret_in_the_form_and_one_without_a_secret_none() {
    let scene = Scene::new().await;
    let mut metadata = scene.metadata();
    metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    scene.answers("/.well-known/openid-configuration", 200, metadata);
    scene.signs_in("k1", json!({})).await;
    scene.returns(&CODE).await.unwrap();
    let asked = &scene.asked("/token")[0];
    assert!(asked.contains("client_id=us&client_secret=p%26ss+word") && !asked.contains("Basic"), "{asked}");

    let public = Scene::with(|provider| provider.client_secret = None).await;
    public.signs_in("k1", json!({})).await;
    public.returns(&CODE).await.unwrap();
    let asked = &public.asked("/token")[0];
    assert!(asked.contains("client_id=us") && !asked.contains("secret") && !asked.contains("Basic"), "{asked}");
}

#[tokio::test]
async fn nobody_signed_in_where_the_provider_says_so() {
    let scene = Scene::new().await;
    for error in NOBODY {
        assert!(scene.returns(&[("state", STATE), ("error", error)]).await.unwrap().is_none(), "{error}");
    }
    let refused = scene.refused(&[("state", STATE), ("error", "server_error")]).await;
    assert!(refused.contains("server_error"), "{refused}");
    let hostile = scene.refused(&[("state", STATE), ("error", "x\r\nLOG: forged")]).await;
    assert!(!hostile.contains("forged"), "{hostile}");
}

#[tokio::test]
async fn a_return_that_is_not_from_there_is_refused_before_anything_is_sent() {
    let scene = Scene::new().await;
    let long = "c".repeat(CODE_BYTES_MAX + 1);
    let rows: [(&[(&str, &str)], &str); 5] = [
        (&[("state", "interaction.other"), ("code", "c")], "another visit"),
        (&[("state", STATE), ("code", "c"), ("iss", "https://mix-up.example")], "another issuer"),
        (&[("state", STATE)], "without a code"),
        (&[("state", STATE), ("code", "")], "without a code"),
        (&[("state", STATE), ("code", &long)], "without a code"),
    ];
    for (brought, words) in rows {
        let refused = scene.refused(brought).await;
        assert!(refused.contains(words), "{refused}");
    }
    assert!(scene.asked("/token").is_empty());
}

#[tokio::test]
async fn an_id_token_that_is_not_for_this_sign_in_signs_nobody_in() {
    let scene = Scene::new().await;
    for (kid, changes, words) in [
        ("k1", json!({ "nonce": "other" }), "another sign-in"),
        ("k1", json!({ "aud": "them" }), "another client"),
        ("k1", json!({ "iss": "https://mix-up.example" }), "another issuer"),
        ("k1", json!({ "exp": 1 }), "expired"),
        ("forged", json!({}), "not accepted"),
    ] {
        scene.signs_in(kid, changes).await;
        let refused = scene.refused(&CODE).await;
        assert!(refused.contains(words), "{refused}");
    }
    scene.answers("/token", 200, json!({ "access_token": "a" }));
    assert!(scene.refused(&CODE).await.contains("without an ID token"));
    scene.answers("/token", 400, json!({ "error": "invalid_grant", "error_description": "secret words" }));
    let refused = scene.refused(&CODE).await;
    assert!(refused.contains("invalid_grant") && !refused.contains("secret words"), "{refused}");
}

#[tokio::test]
async fn keys_are_fetched_again_for_a_new_kid_and_not_too_often() {
    let scene = Scene::new().await;
    scene.signs_in("k1", json!({})).await;
    scene.returns(&CODE).await.unwrap();
    scene.answers("/jwks", 200, client_jwks("k2"));
    scene.signs_in("k2", json!({})).await;
    assert!(scene.refused(&CODE).await.contains("not accepted"));
    assert_eq!(scene.asked("/jwks").len(), 1);
    scene.clock.advance(provider::REFETCH_S as i64);
    scene.returns(&CODE).await.unwrap().unwrap();
    assert_eq!(scene.asked("/jwks").len(), 2);
}

/// What all of so many are told that ask at once.
async fn told_at_once<T>(asks: impl AsyncFn() -> Result<T, CallFailed>) -> Vec<String> {
    let mut told = vec![];
    let mut asking: Vec<_> = (0..8).map(|_| Box::pin(asks())).collect();
    // Each has begun before any is waited for.
    for ask in &mut asking {
        std::future::poll_fn(|context| std::task::Poll::Ready(ask.as_mut().poll(context).is_ready())).await;
    }
    for ask in asking {
        told.push(ask.await.map(|_| ()).unwrap_err().to_string());
    }
    told
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_once_by_many_and_again_after_a_while() {
    const METADATA: &str = "/.well-known/openid-configuration";
    let scene = Scene::new().await;
    scene.answers(METADATA, 503, json!({}));
    let asks = async || scene.upstream.authorization_url("corporate", STATE).await;
    for told in told_at_once(asks).await {
        assert!(told.contains("503"), "{told}");
    }
    assert_eq!(scene.asked(METADATA).len(), 1, "who waited behind a failure is answered with it");
    scene.clock.advance(kept::RETRY_S as i64 - 1);
    scene.answers(METADATA, 200, scene.metadata());
    assert!(asks().await.unwrap_err().to_string().contains("503"));
    assert_eq!(scene.asked(METADATA).len(), 1, "a moment after the failure nobody asks");
    scene.clock.advance(1);
    asks().await.unwrap();
    assert_eq!(scene.asked(METADATA).len(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_asked_for_once_by_many_and_again_after_a_while() {
    let scene = Scene::new().await;
    scene.answers("/jwks", 503, json!({}));
    scene.signs_in("k1", json!({})).await;
    for told in told_at_once(async || scene.returns(&CODE).await).await {
        assert!(told.contains("/jwks") && told.contains("503"), "{told}");
    }
    assert_eq!(scene.asked("/jwks").len(), 1);
    scene.clock.advance(kept::RETRY_S as i64);
    scene.answers("/jwks", 200, client_jwks("k1"));
    scene.returns(&CODE).await.unwrap().unwrap();
    assert_eq!(scene.asked("/jwks").len(), 2);
}

#[tokio::test]
async fn keys_that_are_there_go_on_while_newer_ones_cannot_be_fetched() {
    let scene = Scene::new().await;
    scene.signs_in("k1", json!({})).await;
    scene.returns(&CODE).await.unwrap().unwrap();
    scene.answers("/jwks", 503, json!({}));
    scene.clock.advance(provider::REFETCH_S as i64);
    scene.signs_in("k2", json!({})).await;
    for _ in 0..2 {
        assert!(scene.refused(&CODE).await.contains("503"));
    }
    assert_eq!(scene.asked("/jwks").len(), 2, "once, and once in vain");
    scene.signs_in("k1", json!({})).await;
    scene.returns(&CODE).await.unwrap().unwrap();
}

#[tokio::test]
async fn metadata_that_cannot_be_used_says_why() {
    for (change, words) in [
        (json!({ "issuer": "https://other.example" }), "another issuer"),
        (json!({ "token_endpoint": "ftp://x/" }), "token_endpoint"),
        (json!({ "jwks_uri": null }), "jwks_uri"),
        (json!({ "authorization_endpoint": "https://user@x/" }), "authorization_endpoint"),
    ] {
        let scene = Scene::new().await;
        let mut metadata = scene.metadata();
        metadata.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        scene.answers("/.well-known/openid-configuration", 200, metadata);
        let refused = scene.upstream.authorization_url("corporate", STATE).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    let scene = Scene::new().await;
    scene.answers("/.well-known/openid-configuration", 503, json!({}));
    let refused = scene.upstream.authorization_url("corporate", STATE).await.unwrap_err().to_string();
    assert!(refused.contains("503"), "{refused}");
}

#[tokio::test]
async fn a_provider_inside_is_spoken_to_only_where_the_operator_says_so() {
    let scene = Scene::with(|provider| provider.private_addresses = false).await;
    let refused = scene.upstream.authorization_url("corporate", STATE).await.unwrap_err().to_string();
    assert!(refused.contains("https"), "{refused}");
    let unknown = scene.upstream.authorization_url("elsewhere", STATE).await.unwrap_err().to_string();
    assert!(unknown.contains("[oidc.elsewhere]"), "{unknown}");
    assert!(scene.asked("/.well-known/openid-configuration").is_empty());
    assert!(scene.clock.now() > Timestamp(0));
}
