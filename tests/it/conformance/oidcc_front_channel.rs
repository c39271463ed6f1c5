//! `oidcc-hybrid-certification-test-plan` and `oidcc-implicit-certification-test-plan` (OpenID Connect Core 3.2, 3.3): what
//! they ask beyond the basic plan, once a response type, on a provider with its legacy switches on.

use super::suite::{Provider, Suite, text};
use crate::world::{Browser, RelyingParty, jwt, signature};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, Weak};

/// Both legacy switches.
const LEGACY: &str = "protocol.implicit = true\nprotocol.front_channel_access_tokens = true\n";
/// What the plans run with.
const RESPONSE_TYPES: [&str; 5] = ["code id_token", "code token", "code id_token token", "id_token", "id_token token"];

static SHARED: Mutex<Weak<Provider>> = Mutex::new(Weak::new());

fn suite() -> Suite {
    let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let provider = shared.upgrade().unwrap_or_else(|| {
        let provider = Arc::new(Provider::with(LEGACY));
        *shared = Arc::downgrade(&provider);
        provider
    });
    Suite { provider, asks: &[] }
}

async fn client(suite: &Suite, response_type: &str) -> RelyingParty {
    let grants = json!(["authorization_code", "implicit", "refresh_token"]);
    suite.client(json!({ "response_types": [response_type], "grant_types": grants })).await
}

/// The left half of a SHA-256 (OpenID Connect Core 3.3.2.11).
fn half(value: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&Sha256::digest(value.as_bytes())[..16])
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_server() {
    let suite = suite();
    let jwks = suite.provider.jwks().await;
    for response_type in RESPONSE_TYPES {
        let client = client(&suite, response_type).await;
        let asked = [("response_type", response_type), ("nonce", "n-1"), ("scope", "openid profile")];
        let response = suite.response(&client, &Browser::new(), &asked).await;
        let has = |word: &str| response_type.split(' ').any(|known| known == word);
        for (word, member) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
            assert_eq!(response.contains_key(member), has(word), "{response_type} {member}");
        }
        assert_eq!((response["state"].as_str(), response.get("refresh_token")), ("state-1", None));
        if let Some(id_token) = response.get("id_token") {
            let claims = signature::verified_rs256(&jwks, id_token);
            assert_eq!((&claims["nonce"], &claims["aud"]), (&json!("n-1"), &json!(client.client_id)));
            let hash = |of: &str| response.get(of).map_or(Value::Null, |value| json!(half(value)));
            assert_eq!(claims.get("c_hash").unwrap_or(&Value::Null), &hash("code"), "{response_type}");
            assert_eq!(claims.get("at_hash").unwrap_or(&Value::Null), &hash("access_token"), "{response_type}");
            // Without an access token the scope's claims have no other way (OpenID Connect Core 5.4).
            assert_eq!(claims.get("name").is_some(), response_type == "id_token", "{response_type}");
        }
        if let Some(access_token) = response.get("access_token") {
            assert_eq!(response["token_type"], "Bearer");
            assert!(response["expires_in"].parse::<u64>().unwrap() > 0);
            assert_eq!(client.userinfo(access_token).await.json()["name"], "Wilma Example", "{response_type}");
        }
        if has("code") {
            let tokens = suite.redeems(&client, &response).await;
            let later = suite.id_token(&client, &tokens).await;
            let earlier = response.get("id_token").map(|id_token| jwt::claims(id_token));
            assert!(earlier.is_none_or(|earlier| earlier["sub"] == later["sub"] && earlier["iss"] == later["iss"]));
            assert_eq!(later["nonce"], "n-1");
            suite.userinfo(&client, &tokens).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_ensure_request_without_nonce_fails() {
    let suite = suite();
    for response_type in RESPONSE_TYPES.into_iter().filter(|response_type| response_type.contains("id_token")) {
        let client = client(&suite, response_type).await;
        let landing = suite.opens(&client, &Browser::new(), &[("response_type", response_type)]).await;
        assert_eq!(landing.error(), "invalid_request", "{response_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_token() {
    let suite = suite();
    let client = client(&suite, "code token").await;
    let response = suite.response(&client, &Browser::new(), &[("response_type", "code token")]).await;
    let tokens = suite.redeems(&client, &response).await;
    assert_eq!(jwt::claims(text(&tokens, "id_token")).get("nonce"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_form_post() {
    let suite = suite();
    for response_type in RESPONSE_TYPES {
        let client = client(&suite, response_type).await;
        let asked = [("response_type", response_type), ("nonce", "n-1"), ("response_mode", "form_post")];
        let response = suite.response(&client, &Browser::new(), &asked).await;
        assert_eq!(response.contains_key("access_token"), response_type.ends_with(" token"), "{response_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_registered_is_refused_in_the_fragment() {
    let suite = suite();
    let client = client(&suite, "code").await;
    let landing = suite.opens(&client, &Browser::new(), &[("response_type", "id_token token"), ("nonce", "n")]).await;
    assert_eq!(landing.error(), "unauthorized_client");
}
