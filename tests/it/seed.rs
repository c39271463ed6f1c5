//! The seed's sequence: the very URL, a sign-in, a code, tokens, a resource that refuses an expired access token,
//! a refresh (RFC 6749 1.5, 4.1).

use crate::world::relying_party::{RelyingParty, response_of};
use crate::world::{Browser, Server};
use reqwest::StatusCode;

#[tokio::test]
async fn the_code_grant_goes_from_the_url_to_a_refreshed_token() {
    let directory = tempfile::tempdir().unwrap();
    let port = crate::world::server::free_port();
    // Access tokens of this server live for two seconds, so that one can be seen to expire.
    let server = Server::quickstart_with(directory.path(), port, &[("GATEWRIGHT__LIFETIMES__ACCESS_TOKEN_S", "2")]);
    let client = RelyingParty::demo(&server);

    let url = format!(
        "{}/jans-auth/restv1/authorize?redirect_uri={}&client_id=demo&scope=username+openid&response_type=code",
        server.issuer, client.redirect_uri
    );
    let browser = Browser::new();
    let page = browser.open(&url).await.page();
    for id in ["loginForm:username", "loginForm:password", "loginForm:loginButton"] {
        assert!(page.has_id(id), "the sign-in page has no {id}:\n{}", page.html);
    }
    let answer = browser.sign_in(&url, "alice", "wonderland").await;
    let code = response_of(&answer)["code"].clone();

    let tokens = client.redeem(&code).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let tokens = tokens.json();
    assert!(tokens["id_token"].is_string());
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(client.userinfo(access_token).await.status, StatusCode::OK);

    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let expired = client.userinfo(access_token).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    let challenge = expired.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");

    let refreshed = client.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.body);
    let access_token = refreshed.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.userinfo(&access_token).await.status, StatusCode::OK);
}
