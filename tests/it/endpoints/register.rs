//! `/register` (RFC 7591 3, RFC 7592 2).

use crate::world::relying_party::request;
use crate::world::{RelyingParty, Server};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_client_is_registered_read_changed_and_removed() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "client_name": "First", "scope": "openid email" })).await;
    let text = |member: &str| client.registration[member].as_str().unwrap().to_owned();
    let (url, token) = (text("registration_client_uri"), format!("Bearer {}", text("registration_access_token")));
    assert_eq!(url, server.at(&format!("/register/{}", client.client_id)));

    let read = request(Method::GET, &url, Some(&token), None).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.body);
    assert_eq!((&read.json()["client_name"], &read.json()["scope"]), (&json!("First"), &json!("openid email")));

    let wanted = json!({
        "client_id": client.client_id, "client_secret": client.client_secret,
        "client_name": "Second", "redirect_uris": ["https://client.example/cb"],
    });
    let changed = request(Method::PUT, &url, Some(&token), Some(("application/json", wanted.to_string()))).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let read = request(Method::GET, &url, Some(&token), None).await.json();
    assert_eq!((&read["client_name"], &read["client_id"]), (&json!("Second"), &json!(client.client_id)));
    // Its secret is still its secret.
    client.tokens().await;

    let removed = request(Method::DELETE, &url, Some(&token), None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(request(Method::GET, &url, Some(&token), None).await.status, StatusCode::UNAUTHORIZED);
}
