//! Request objects at a `request_uri` (OpenID Connect Core 6.2).

use crate::conformance::suite::{Provider, REDIRECT_URI, Suite};
use crate::world::Browser;
use crate::world::document::published_as;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde_json::{Value, json};

const ANOTHER_URI: &str = "https://client.example/another";

fn suite() -> Suite {
    Suite { provider: Provider::shared(), asks: &[] }
}

fn compact(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

fn unsigned(claims: &Value) -> String {
    format!("{}.", compact(&json!({ "alg": "none" }), claims))
}

/// A key for RS256.
struct RsaKey(PKey<Private>);

impl RsaKey {
    fn generate() -> Self {
        Self(PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap())
    }

    fn jwks(&self) -> Value {
        let key = self.0.rsa().unwrap();
        let number = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec());
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "kid": "r1", "n": number(key.n()), "e": number(key.e()) }] })
    }

    fn sign(&self, claims: &Value) -> String {
        let signed = compact(&json!({ "alg": "RS256", "kid": "r1" }), claims);
        let mut signer = Signer::new(MessageDigest::sha256(), &self.0).unwrap();
        let signature = signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What a request of the suite's own says of itself; nobody is named in it.
fn claims(state: &str) -> Value {
    json!({ "response_type": "code", "scope": "openid", "state": state, "redirect_uri": REDIRECT_URI })
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_request_uri_signed_rs256() {
    let suite = suite();
    let key = RsaKey::generate();
    let uri = published_as("application/jose", key.sign(&claims("signed")));
    let members = json!({ "jwks": key.jwks(), "request_object_signing_alg": "RS256", "request_uris": [uri] });
    let client = suite.client(members).await;
    let response = suite.response(&client, &Browser::new(), &[("request_uri", &uri)]).await;
    assert_eq!(response["state"], "signed");
    suite.redeems(&client, &response).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_request_uri_unsigned() {
    let provider = Provider::with("protocol.unsigned_request_objects = true\n").into();
    let suite = Suite { provider, asks: &[] };
    let metadata = suite.provider.metadata().await;
    let offered = metadata["request_object_signing_alg_values_supported"].as_array().unwrap();
    assert!(offered.contains(&json!("none")), "{metadata}");
    let uri = published_as("application/jose", unsigned(&claims("unsigned")));
    let members = json!({ "request_object_signing_alg": "none", "request_uris": [uri] });
    let client = suite.client(members).await;
    let response = suite.response(&client, &Browser::new(), &[("request_uri", &uri)]).await;
    assert_eq!(response["state"], "unsigned");
    suite.redeems(&client, &response).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    let suite = suite();
    let key = RsaKey::generate();
    let members = json!({ "jwks": key.jwks(), "redirect_uris": [ANOTHER_URI, REDIRECT_URI] });
    let mut client = suite.client(members).await;
    let mut inside = claims("inside");
    inside["redirect_uri"] = REDIRECT_URI.into();
    // The one inside wins over the one beside it.
    let url = client.authorization_url(&[("request", &key.sign(&inside)), ("redirect_uri", ANOTHER_URI)]);
    client.redirect_uri = REDIRECT_URI.to_owned();
    let browser = Browser::new();
    let landing = suite.opens_url(&client, &browser, &url).await;
    let response = suite.goes_on(&client, &browser, landing).await;
    assert_eq!(response["state"], "inside");
}
