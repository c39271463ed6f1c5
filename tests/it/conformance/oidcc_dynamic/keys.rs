//! Keys that change, on both sides (OpenID Connect Core 10.1.1).

use super::{assertion, redeemed, suite};
use crate::conformance::suite::{Provider, Suite, text};
use crate::world::document::Publication;
use crate::world::relying_party::post_form;
use crate::world::signature::ClientKey;
use crate::world::{Browser, jwt};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A little longer than the least time between two fetches of one document.
const REFETCH: Duration = Duration::from_millis(6_500);

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_registration_jwks_uri() {
    let suite = suite();
    let key = ClientKey::generate();
    let site = Publication::of(&key.jwks());
    let members = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": site.uri });
    let client = suite.client(members).await;
    let response = suite.response(&client, &Browser::new(), &[]).await;
    let answer = redeemed(&client, &response["code"], &key.sign(&assertion(&client, "a-1"))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_refresh_token_rp_key_rotation() {
    let suite = suite();
    let old = ClientKey::generate();
    let site = Publication::of(&old.jwks());
    let members = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": site.uri });
    let client = suite.client(members).await;
    let asked = [("scope", "openid offline_access"), ("prompt", "consent")];
    let response = suite.response(&client, &Browser::new(), &asked).await;
    let tokens = redeemed(&client, &response["code"], &old.sign(&assertion(&client, "a-1"))).await.json();

    let new = ClientKey::generate();
    let mut jwks = new.jwks();
    jwks["keys"][0]["kid"] = json!("k2");
    site.change(&jwks);
    tokio::time::sleep(REFETCH).await;
    let header = json!({ "alg": "ES256", "kid": "k2", "typ": "JWT" });
    let signed = new.sign_under(&header, &assertion(&client, "a-2").to_string());
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")),
        ("client_assertion_type", super::JWT_BEARER),
        ("client_assertion", &signed),
    ];
    let answer = post_form(&suite.provider.server.at("/token"), &form, None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn key_ids(jwks: &Value) -> Vec<String> {
    let keys = jwks["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "sig");
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_server_rotate_keys() {
    let provider = Arc::new(Provider::with(""));
    let suite = Suite { provider: provider.clone(), asks: &[] };
    let client = suite.client(json!({})).await;
    let before = key_ids(&provider.jwks().await);
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    provider.runs(&["keys", "rotate"]);
    let mut after = Vec::new();
    for _ in 0..100 {
        after = key_ids(&provider.jwks().await);
        if after.iter().any(|id| !before.contains(id)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(after.iter().any(|id| !before.contains(id)), "no new key: {after:?}");
    assert!(before.iter().all(|id| after.contains(id)), "an old key went with what it signed: {before:?} {after:?}");
    let kid = jwt::header(text(&tokens, "id_token"))["kid"].as_str().unwrap().to_owned();
    assert!(after.contains(&kid));
    suite.id_token(&client, &tokens).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_refresh_token() {
    crate::conformance::oidcc_basic::refresh_token(&suite()).await;
}
