//! Redirect URIs are matched as they were registered (OpenID Connect Core 3.1.2.1, RFC 9700 2.1).

use super::suite;
use crate::conformance::suite::Landing;
use crate::world::Browser;
use serde_json::json;
use url::Url;

const WITH_QUERY: &str = "https://client.example/callback?foo=bar";

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    let suite = suite();
    let uris = json!(["https://client.example/callback", "https://client.example/another/callback"]);
    let client = suite.client(json!({ "redirect_uris": uris })).await;
    let mut url = Url::parse(&client.authorization_url(&[])).unwrap();
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| name != "redirect_uri").collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    suite.opens_url(&client, &Browser::new(), url.as_str()).await.tells_an_error();
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_redirect_uri_query_ok() {
    let suite = suite();
    let client = suite.client(json!({ "redirect_uris": [WITH_QUERY] })).await;
    let response = suite.response(&client, &Browser::new(), &[]).await;
    assert_eq!(response["foo"], "bar", "the query is kept: {response:?}");
    suite.redeems(&client, &response).await;
}

async fn is_no_redirect_uri(presented: &str, registered: &str) {
    let suite = suite();
    let client = suite.client(json!({ "redirect_uris": [registered] })).await;
    let landing = suite.opens(&client, &Browser::new(), &[("redirect_uri", presented)]).await;
    assert!(matches!(landing, Landing::Page(_)), "{landing:?}");
    landing.tells_an_error();
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_redirect_uri_query_mismatch() {
    is_no_redirect_uri("https://client.example/callback?foo=other", WITH_QUERY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_redirect_uri_query_added() {
    is_no_redirect_uri(WITH_QUERY, "https://client.example/callback").await;
}
