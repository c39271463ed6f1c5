//! `/userinfo` (OpenID Connect Core 5.3, RFC 6750 2).

use crate::world::relying_party::{post_form, request};
use crate::world::signature::verified_rs256;
use crate::world::{RelyingParty, Server};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn the_access_token_may_come_in_a_header_or_a_posted_form() {
    let server = Server::quickstart();
    let tokens = RelyingParty::demo(&server).tokens().await;
    let (url, token) = (server.at("/userinfo"), tokens["access_token"].as_str().unwrap());
    let bearer = format!("Bearer {token}");
    let got = request(Method::GET, &url, Some(&bearer), None).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.body);
    let claims = got.json();
    assert_eq!((&claims["name"], &claims["email"]), (&json!("Alice Liddell"), &json!("alice@example.com")));
    assert!(claims["sub"].is_string() && claims.get("phone_number").is_none());
    let posted_header = request(Method::POST, &url, Some(&bearer), None).await;
    let posted_body = post_form(&url, &[("access_token", token)], None).await;
    assert_eq!(posted_header.json(), claims);
    assert_eq!(posted_body.json(), claims);
}

#[tokio::test]
async fn a_client_that_asked_for_it_gets_a_signed_answer() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let tokens = client.asking("openid email").tokens().await;
    let answer = client.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(answer.headers["content-type"], "application/jwt");
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    let claims = verified_rs256(&jwks, &answer.body);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(server.issuer), &json!(client.client_id)));
    assert_eq!(claims["email"], "alice@example.com");
}
