//! What a client registers, and what it gets (OpenID Connect Registration 2, 3 and 5).

use super::{registered, suite};
use crate::conformance::suite::{REDIRECT_URI, text};
use crate::world::document::published;
use crate::world::relying_party::{post_json, request};
use crate::world::{Browser, jwt, signature};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_idtoken_rs256() {
    let suite = suite();
    let client = suite.client(json!({ "id_token_signed_response_alg": "RS256" })).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[]).await;
    assert_eq!(jwt::header(text(&tokens, "id_token"))["alg"], "RS256");
    suite.id_token(&client, &tokens).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_idtoken_unsigned() {
    let suite = suite();
    let offered = suite.provider.metadata().await["id_token_signing_alg_values_supported"].clone();
    assert!(!offered.as_array().unwrap().contains(&json!("none")), "{offered}");
    let refused = registered(&suite, json!({ "id_token_signed_response_alg": "none" })).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (400, &json!("invalid_client_metadata")));
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_userinfo_rs256() {
    let suite = suite();
    let client = suite.client(json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let tokens = suite.tokens(&client, &Browser::new(), &[("nonce", "n-1")]).await;
    let answer = client.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(answer.headers["content-type"], "application/jwt");
    let claims = signature::verified_rs256(&suite.provider.jwks().await, &answer.body);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(suite.provider.server.issuer), &json!(client.client_id)));
    assert_eq!(claims.get("nonce"), None);
    let offered = suite.provider.metadata().await["userinfo_signing_alg_values_supported"].clone();
    assert!(offered.as_array().unwrap().contains(&json!("RS256")), "{offered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_server() {
    let suite = suite();
    let key = signature::ClientKey::generate();
    let members = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks() });
    let client = suite.client(members).await;
    let registration = &client.registration;
    let location = text(registration, "registration_client_uri");
    let bearer = format!("Bearer {}", text(registration, "registration_access_token"));
    let read = request(Method::GET, location, Some(&bearer), None).await;
    assert_eq!(read.json()["client_id"], client.client_id);
    let response = suite.response(&client, &Browser::new(), &[]).await;
    let answer = super::redeemed(&client, &response["code"], &key.sign(&super::assertion(&client, "a-1"))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    let suite = suite();
    let key = signature::ClientKey::generate();
    let client = suite.client(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks() })).await;
    let response = suite.response(&client, &Browser::new(), &[]).await;
    let assertion = super::assertion(&client, "a-1");
    assert_eq!(assertion["aud"], suite.provider.server.issuer);
    let answer = super::redeemed(&client, &response["code"], &key.sign(&assertion)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// The sign-in page of a client with this member has this text.
async fn is_shown(member: &str, value: &str, shown: &str) {
    let suite = suite();
    let client = suite.client(json!({ "client_name": "Pictured", member: value })).await;
    let page = suite.opens(&client, &Browser::new(), &[]).await.asks_to_sign_in();
    assert!(page.body.contains(shown), "no {shown} in\n{}", page.body);
    assert_eq!(client.registration[member], value);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_registration_logo_uri() {
    is_shown("logo_uri", "https://client.example/logo.png", "src=\"https://client.example/logo.png\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_registration_policy_uri() {
    is_shown("policy_uri", "https://client.example/policy", "href=\"https://client.example/policy\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_registration_tos_uri() {
    is_shown("tos_uri", "https://client.example/terms", "href=\"https://client.example/terms\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_registration_sector_uri() {
    let suite = suite();
    let sector = published(&json!([REDIRECT_URI, "https://other.example/callback"]));
    let pairwise = json!({ "subject_type": "pairwise", "sector_identifier_uri": sector });
    let client = suite.client(pairwise).await;
    let open = suite.client(json!({})).await;
    let subject = async |client| {
        let tokens = suite.tokens(client, &Browser::new(), &[]).await;
        suite.id_token(client, &tokens).await["sub"].clone()
    };
    assert_ne!(subject(&client).await, subject(&open).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_registration_sector_bad() {
    let suite = suite();
    let sector = published(&json!(["https://other.example/callback"]));
    let refused = registered(&suite, json!({ "subject_type": "pairwise", "sector_identifier_uri": sector })).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["error"]), (400, &json!("invalid_client_metadata")));
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_redirect_uri_regfrag() {
    let suite = suite();
    let document = json!({ "redirect_uris": ["https://client.example/callback#frag"] });
    let refused = post_json(&suite.provider.server.at("/register"), &document).await;
    assert_eq!(refused.status, 400);
    let error = refused.json()["error"].as_str().unwrap().to_owned();
    assert!(["invalid_redirect_uri", "invalid_client_metadata"].contains(&error.as_str()), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_discovery_endpoint_verification() {
    let provider = super::implicit_provider();
    let metadata = provider.metadata().await;
    let has = |member: &str, value: &str| metadata[member].as_array().unwrap().contains(&Value::from(value));
    for response_type in ["code", "id_token", "id_token token"] {
        assert!(has("response_types_supported", response_type), "{response_type}: {metadata}");
    }
    for grant in ["authorization_code", "implicit"] {
        assert!(has("grant_types_supported", grant), "{grant}");
    }
    assert!(metadata["registration_endpoint"].as_str().unwrap().starts_with("https://"));
}
