//! `/par` (RFC 9126 2).

use crate::world::relying_party::{pkce, response_of};
use crate::world::{Browser, RelyingParty, Server};
use reqwest::StatusCode;
use serde_json::json;
use url::Url;

/// Where a browser is sent with a pushed request.
fn leading_to(client: &RelyingParty, request_uri: &str) -> String {
    let parameters = [("client_id", client.client_id.as_str()), ("request_uri", request_uri)];
    Url::parse_with_params(&format!("{}/authorize", client.issuer), parameters).unwrap().into()
}

#[tokio::test]
async fn a_request_is_pushed_and_its_name_is_all_that_a_browser_carries() {
    let server = Server::quickstart();
    let members = json!({ "require_pushed_authorization_requests": true, "scope": "openid email" });
    let client = RelyingParty::register(&server, members).await;
    assert_eq!(client.registration["require_pushed_authorization_requests"], true);
    let (verifier, challenge) = pkce();
    let form = [
        ("response_type", "code"),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("scope", "openid email"),
        ("state", "pushed"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let pushed = client.post("/par", &form).await;
    assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.body);
    assert_eq!(pushed.headers["cache-control"], "no-store");
    assert_eq!(pushed.json()["expires_in"], 60);
    let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    assert!(name.starts_with("urn:ietf:params:oauth:request_uri:"), "{name}");

    let browser = Browser::new();
    // Looked at before: a link may be opened by more than the browser.
    browser.open(&leading_to(&client, &name)).await;
    let answer = browser.sign_in(&leading_to(&client, &name), "alice", "wonderland").await;
    let response = response_of(&answer);
    assert_eq!(response["state"], "pushed");
    let redeemed = [
        ("grant_type", "authorization_code"),
        ("code", response["code"].as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let tokens = client.token(&redeemed).await;
    assert_eq!((tokens.status, tokens.json()["scope"].as_str()), (StatusCode::OK, Some("openid email")));

    let again = browser.open(&leading_to(&client, &name)).await;
    assert_eq!(response_of(&again)["error"], "invalid_request_uri");
    let plain = browser.open(&client.authorization_url(&[])).await;
    assert_eq!(response_of(&plain)["error"], "invalid_request");
}

#[tokio::test]
async fn a_server_may_take_pushed_requests_alone() {
    let directory = tempfile::tempdir().unwrap();
    let setting = ("GATEWRIGHT__PROTOCOL__REQUIRE_PUSHED_AUTHORIZATION_REQUESTS", "true");
    let port = crate::world::server::free_port();
    let server = Server::quickstart_with(directory.path(), port, &[setting]);
    let client = RelyingParty::demo(&server);
    let plain = Browser::new().open(&client.authorization_url(&[])).await;
    assert_eq!(response_of(&plain)["error"], "invalid_request");
    let form = [("response_type", "code"), ("redirect_uri", client.redirect_uri.as_str()), ("scope", "openid")];
    let pushed = client.post("/par", &form).await;
    let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let answer = Browser::new().sign_in(&leading_to(&client, &name), "alice", "wonderland").await;
    assert!(response_of(&answer).contains_key("code"));
    let account = Browser::new().open(&server.at("/account")).await;
    assert_eq!(account.status, StatusCode::OK, "{}", account.body);
}
