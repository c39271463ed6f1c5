//! DPoP over HTTP (RFC 9449): headers that come and go, statuses and challenges. Every bad proof has its table in the
//! engine's tests; here are those that only HTTP can make.

use crate::world::browser::http;
use crate::world::relying_party::basic;
use crate::world::signature::ClientKey;
use crate::world::{Answer, RelyingParty, Server, browser};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Whoever makes proofs.
pub struct Prover(ClientKey);

impl Prover {
    pub fn new() -> Self {
        Self(ClientKey::generate())
    }

    /// A proof for that request, with more or other claims.
    pub fn proof(&self, method: &str, url: &str, more: &Value) -> String {
        #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({ "jti": jti(), "htm": method, "htu": url, "iat": now });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.sign_under(&json!({}), &claims)
    }

    /// These claims under a proof's header, with other members.
    pub fn sign_under(&self, changes: &Value, claims: &Value) -> String {
        let mut header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.public_jwk() });
        for (name, value) in changes.as_object().unwrap() {
            header[name] = value.clone();
        }
        header.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.0.sign_under(&header, &claims.to_string())
    }

    /// Its key.
    pub fn public_jwk(&self) -> Value {
        let key = &self.0.jwks()["keys"][0];
        json!({ "kty": "EC", "crv": "P-256", "x": key["x"], "y": key["y"] })
    }

    /// Its key with a private part, as no proof may have it.
    pub fn private_jwk(&self) -> Value {
        let mut jwk = self.public_jwk();
        jwk["d"] = "AA".into();
        jwk
    }

    /// The thumbprint of its key (RFC 7638 3).
    pub fn thumbprint(&self) -> String {
        let jwk = self.public_jwk();
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }

    /// A proof for that resource with that access token.
    pub fn proof_with(&self, method: &str, url: &str, token: &str) -> String {
        self.proof(method, url, &json!({ "ath": URL_SAFE_NO_PAD.encode(Sha256::digest(token)) }))
    }
}

/// A name for one proof.
pub fn jti() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    format!("{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst))
}

/// A request with these headers.
pub async fn send(method: Method, url: &str, headers: &[(&str, &str)], form: Option<&[(&str, &str)]>) -> Answer {
    let mut request = http().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(form) = form {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    }
    browser::read(request).await.expect("a whole answer")
}

async fn token(server: &Server, proofs: &[&str]) -> Answer {
    let demo = RelyingParty::demo(server);
    let authorization = basic(&demo.client_id, "demo-secret");
    let code = demo.code(&[]).await;
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
    let redirect_uri = demo.redirect_uri.as_str();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", redirect_uri)];
    send(Method::POST, &server.at("/token"), &headers, Some(&form)).await
}

fn challenges(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("www-authenticate").iter().map(|line| line.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_token_is_bound_to_the_key_of_the_proof_and_opens_userinfo_with_it_alone() {
    let server = Server::quickstart();
    let (prover, url) = (Prover::new(), server.at("/token"));
    let answer = token(&server, &[&prover.proof("POST", &url, &json!({}))]).await;
    assert_eq!((answer.status, &answer.json()["token_type"]), (StatusCode::OK, &json!("DPoP")), "{}", answer.body);
    let access_token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let userinfo = server.at("/userinfo");
    for scheme in ["DPoP", "dpop", "DPOP"] {
        let proof = prover.proof_with("GET", &userinfo, &access_token);
        let authorization = format!("{scheme} {access_token}");
        let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
        let answer = send(Method::GET, &userinfo, &headers, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        // A second time it proves nothing.
        let again = send(Method::GET, &userinfo, &headers, None).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED, "{}", again.body);
    }
    let bearer = format!("Bearer {access_token}");
    let downgraded = send(Method::GET, &userinfo, &[("authorization", &bearer)], None).await;
    assert_eq!(downgraded.status, StatusCode::UNAUTHORIZED);
    let told = challenges(&downgraded);
    assert!(told[0].starts_with("Bearer ") && told[0].contains("error=\"invalid_token\""), "{told:?}");
    assert!(told[1].starts_with("DPoP ") && told[1].contains("algs=\"ES256 EdDSA PS256\""), "{told:?}");
}

#[tokio::test]
async fn a_bad_proof_is_told_of_with_the_algorithms_that_would_do() {
    let server = Server::quickstart();
    let (prover, url) = (Prover::new(), server.at("/token"));
    let one = prover.proof("POST", &url, &json!({}));
    for proofs in [vec!["text"], vec![""], vec![one.as_str(), one.as_str()]] {
        let answer = token(&server, &proofs).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, error), (StatusCode::BAD_REQUEST, &json!("invalid_dpop_proof")), "{proofs:?}");
    }
    let answer = token(&server, &[&one]).await;
    let access_token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let (userinfo, authorization) = (server.at("/userinfo"), format!("DPoP {access_token}"));
    let fine = prover.proof_with("GET", &userinfo, &access_token);
    for headers in [
        vec![("authorization", authorization.as_str())],
        vec![("authorization", authorization.as_str()), ("dpop", "text")],
        vec![("authorization", authorization.as_str()), ("dpop", &fine), ("dpop", &fine)],
    ] {
        let answer = send(Method::GET, &userinfo, &headers, None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        let told = challenges(&answer);
        assert!(told[0].starts_with("DPoP ") && told[0].contains("error=\"invalid_dpop_proof\""), "{told:?}");
        assert!(told[0].contains("algs=\"ES256 EdDSA PS256\""), "{told:?}");
    }
}

#[tokio::test]
async fn a_server_that_wants_nonces_gives_them_out_with_its_answers() {
    let directory = tempfile::tempdir().unwrap();
    let environment = [("GATEWRIGHT__PROTOCOL__DPOP_NONCES", "true")];
    let port = crate::world::server::free_port();
    let server = Server::quickstart_with(directory.path(), port, &environment);
    let (prover, url) = (Prover::new(), server.at("/token"));
    let first = token(&server, &[&prover.proof("POST", &url, &json!({}))]).await;
    assert_eq!((first.status, &first.json()["error"]), (StatusCode::BAD_REQUEST, &json!("use_dpop_nonce")));
    let nonce = first.headers["dpop-nonce"].to_str().unwrap().to_owned();
    let second = token(&server, &[&prover.proof("POST", &url, &json!({ "nonce": nonce }))]).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.body);
    let access_token = second.json()["access_token"].as_str().unwrap().to_owned();
    let userinfo = server.at("/userinfo");
    let proof = prover.proof_with("GET", &userinfo, &access_token);
    let authorization = format!("DPoP {access_token}");
    let headers =
        [("authorization", authorization.as_str()), ("dpop", proof.as_str()), ("origin", "https://app.example")];
    let answer = send(Method::GET, &userinfo, &headers, None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(challenges(&answer)[0].contains("error=\"use_dpop_nonce\""), "{:?}", challenges(&answer));
    assert!(answer.headers.contains_key("dpop-nonce"));
    let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("DPoP-Nonce"), "{exposed}");
}

#[tokio::test]
async fn the_resource_describes_itself_where_its_challenge_says() {
    let server = Server::quickstart();
    let answer = send(Method::GET, &server.at("/userinfo"), &[], None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let url = server.at("/.well-known/oauth-protected-resource");
    for challenge in challenges(&answer) {
        assert!(challenge.contains(&format!("resource_metadata=\"{url}\"")), "{challenge}");
        assert!(!challenge.contains("error="), "{challenge}");
    }
    let document = send(Method::GET, &url, &[], None).await;
    assert_eq!(document.status, StatusCode::OK);
    let document = document.json();
    assert_eq!(document["resource"], server.issuer);
    assert_eq!(document["authorization_servers"], json!([server.issuer]));
    assert_eq!(document["dpop_signing_alg_values_supported"], json!(["ES256", "EdDSA", "PS256"]));
}
