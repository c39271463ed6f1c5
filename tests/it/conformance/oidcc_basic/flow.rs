//! The code flow, its tokens and userinfo.

use crate::conformance::suite::{Landing, Suite, text};
use crate::world::relying_party::{pkce, post_form, request};
use crate::world::{Browser, jwt};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// Characters of base64url that hold 128 bits.
const CODE_CHARS_MIN: usize = 22;

pub async fn oidcc_server(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let response = suite.response(&client, &Browser::new(), &[("nonce", "n-1"), ("scope", "openid profile")]).await;
    assert!(response["code"].len() >= CODE_CHARS_MIN, "{response:?}");
    assert_eq!(response["state"], "state-1");
    let tokens = suite.redeems(&client, &response).await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert!(tokens["expires_in"].as_u64().unwrap() > 0);
    let id_token = suite.id_token(&client, &tokens).await;
    assert_eq!(id_token["nonce"], "n-1");
    // What a scope stands for is told at userinfo (OpenID Connect Core 5.4).
    assert_eq!(id_token.get("name"), None);
    assert_eq!(suite.userinfo(&client, &tokens).await["name"], "Wilma Example");
}

pub async fn oidcc_response_type_missing(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let mut url = Url::parse(&client.authorization_url(suite.asks)).unwrap();
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| name != "response_type").collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    let error = suite.opens_url(&client, &Browser::new(), url.as_str()).await.error();
    assert!(["unsupported_response_type", "invalid_request"].contains(&error.as_str()), "{error}");
}

pub async fn oidcc_idtoken_signature(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    assert_eq!(jwt::header(text(&tokens, "id_token"))["alg"], "RS256");
    suite.id_token(&client, &tokens).await;
}

pub async fn oidcc_idtoken_unsigned(suite: &Suite) {
    let metadata = suite.provider.metadata().await;
    assert!(!metadata["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&json!("none")));
    let document = json!({ "redirect_uris": ["https://client.example/cb"], "id_token_signed_response_alg": "none" });
    let answer = crate::world::relying_party::post_json(&suite.provider.server.at("/register"), &document).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (400, &json!("invalid_client_metadata")));
}

pub async fn oidcc_userinfo_get(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    suite.userinfo(&client, &tokens).await;
}

pub async fn oidcc_userinfo_post_header(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    let bearer = format!("Bearer {}", text(&tokens, "access_token"));
    let answer = request(Method::POST, &suite.provider.server.at("/userinfo"), Some(&bearer), None).await;
    assert_eq!(answer.json()["sub"], jwt::claims(text(&tokens, "id_token"))["sub"]);
}

pub async fn oidcc_userinfo_post_body(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    let form = [("access_token", text(&tokens, "access_token"))];
    let answer = post_form(&suite.provider.server.at("/userinfo"), &form, None).await;
    assert_eq!(answer.json()["sub"], jwt::claims(text(&tokens, "id_token"))["sub"]);
}

pub async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    assert_eq!(suite.id_token(&client, &tokens).await.get("nonce"), None);
}

pub async fn oidcc_alternate_happy_flow(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let mut url = Url::parse(&client.authorization_url(&[suite.asks, &[("scope", "email openid")]].concat())).unwrap();
    let mut turned: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    turned.reverse();
    url.query_pairs_mut().clear().extend_pairs(turned);
    let browser = Browser::new();
    let landing = suite.opens_url(&client, &browser, url.as_str()).await;
    let response = suite.goes_on(&client, &browser, landing).await;
    let tokens = suite.redeems(&client, &response).await;
    assert_eq!(suite.userinfo(&client, &tokens).await["email"], "wilma@example.com");
}

pub async fn oidcc_codereuse(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let code = suite.response(&client, &Browser::new(), &[]).await["code"].clone();
    let (one, other) = tokio::join!(client.redeem(&code), client.redeem(&code));
    let (fine, refused) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((fine.status.as_u16(), refused.status.as_u16()), (200, 400));
    assert_eq!(refused.json()["error"], "invalid_grant");
}

pub async fn oidcc_codereuse_30seconds(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let code = suite.response(&client, &Browser::new(), &[]).await["code"].clone();
    let tokens = client.redeem(&code).await.json();
    // Half a minute counts once, not in every plan that has this module.
    let pause_s = if suite.asks.is_empty() { 30 } else { 1 };
    tokio::time::sleep(Duration::from_secs(pause_s)).await;
    let again = client.redeem(&code).await;
    assert_eq!((again.status.as_u16(), &again.json()["error"]), (400, &json!("invalid_grant")));
    assert_eq!(client.userinfo(text(&tokens, "access_token")).await.status, 401);
}

pub async fn oidcc_ensure_registered_redirect_uri(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let other = [("redirect_uri", "https://client.example/other/callback")];
    suite.opens(&client, &Browser::new(), &other).await.tells_an_error();
}

pub async fn oidcc_ensure_post_request_succeeds(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let url = Url::parse(&client.authorization_url(suite.asks)).unwrap();
    let form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let browser = Browser::new();
    let answer = browser.send(Method::POST, &suite.provider.server.at("/authorize"), Some(&form)).await;
    let landing = match answer.location() {
        Some(to) => suite.opens_url(&client, &browser, to.as_str()).await,
        None => Landing::Page(answer),
    };
    let response = suite.goes_on(&client, &browser, landing).await;
    suite.redeems(&client, &response).await;
}

pub async fn oidcc_server_client_secret_post(suite: &Suite) {
    let client = suite.client(json!({ "token_endpoint_auth_method": "client_secret_post" })).await;
    let response = suite.response(&client, &Browser::new(), &[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*response["code"]),
        ("redirect_uri", &*client.redirect_uri),
        ("client_id", &*client.client_id),
        ("client_secret", client.client_secret.as_deref().unwrap()),
    ];
    let answer = post_form(&suite.provider.server.at("/token"), &form, None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

pub async fn oidcc_refresh_token(suite: &Suite) {
    let (client, other) = (suite.client(json!({})).await, suite.client(json!({})).await);
    let asked = [("scope", "openid offline_access"), ("prompt", "consent")];
    let tokens = suite.tokens(&client, &Browser::new(), &asked).await;
    let others = suite.tokens(&other, &Browser::new(), &asked).await;
    let refreshed = client.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!((refreshed.status.as_u16(), &refreshed.headers["cache-control"]), (200, &"no-store".parse().unwrap()));
    let refreshed = refreshed.json();
    let (before, after) = (suite.id_token(&client, &tokens).await, jwt::claims(text(&refreshed, "id_token")));
    for claim in ["iss", "sub", "aud"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    let refused = client.refresh(text(&others, "refresh_token")).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (400, &Value::from("invalid_grant")));
}

pub async fn oidcc_ensure_request_with_valid_pkce_succeeds(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let (verifier, challenge) = pkce();
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let response = suite.response(&client, &Browser::new(), &asked).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*response["code"]),
        ("redirect_uri", &*client.redirect_uri),
        ("code_verifier", verifier.as_str()),
    ];
    let answer = client.token(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}
