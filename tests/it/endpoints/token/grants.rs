//! The grants (RFC 6749 4.1.3, 4.4, 6) and the forms of what they bring (RFC 9068 2, OpenID Connect Core 3.1.3.3).

use crate::world::{RelyingParty, Server, jwt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Half of a SHA-256, in bytes.
const HALF_HASH_BYTES: usize = 16;

fn text<'v>(tokens: &'v Value, name: &str) -> &'v str {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name} in {tokens}"))
}

#[tokio::test]
async fn a_code_brings_an_access_token_of_rfc_9068_and_an_id_token_bound_to_it() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let answer = client.redeem(&client.code(&[("nonce", "n-1")]).await).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let tokens = answer.json();
    let access = text(&tokens, "access_token");
    assert_eq!(jwt::header(access)["typ"], "at+jwt");
    let claims = jwt::claims(access);
    assert_eq!((&claims["iss"], &claims["client_id"]), (&json!(server.issuer), &json!("demo")));
    assert_eq!(claims["scope"], "openid profile email");
    assert!(claims["jti"].is_string() && claims["exp"].is_u64(), "{claims}");
    let id_token = jwt::claims(text(&tokens, "id_token"));
    assert_eq!((&id_token["nonce"], &id_token["aud"]), (&json!("n-1"), &json!("demo")));
    assert_eq!(id_token["sub"], claims["sub"]);
    let half = &Sha256::digest(access.as_bytes())[..HALF_HASH_BYTES];
    assert_eq!(id_token["at_hash"], URL_SAFE_NO_PAD.encode(half));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_using_it_again_ends_the_family() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let first = client.tokens().await;
    let answer = client.refresh(text(&first, "refresh_token")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let second = answer.json();
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_eq!(second["scope"], "openid profile email");
    let [before, after] = [&first, &second].map(|tokens| jwt::claims(text(tokens, "id_token")));
    assert_eq!((&before["sub"], &before["auth_time"]), (&after["sub"], &after["auth_time"]));

    let again = client.refresh(text(&first, "refresh_token")).await;
    assert_eq!((again.status.as_u16(), again.json()["error"].as_str()), (400, Some("invalid_grant")));
    let newest = client.refresh(text(&second, "refresh_token")).await;
    assert_eq!((newest.status.as_u16(), newest.json()["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(client.userinfo(text(&second, "access_token")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_may_ask_for_less() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let tokens = client.tokens().await;
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")), ("scope", "openid email")];
    let answer = client.token(&form).await;
    assert_eq!((answer.status, &answer.json()["scope"]), (StatusCode::OK, &json!("openid email")));
    let userinfo = client.userinfo(text(&answer.json(), "access_token")).await.json();
    assert!(userinfo["email"].is_string() && userinfo.get("name").is_none(), "{userinfo}");
}

#[tokio::test]
async fn offline_access_brings_a_refresh_token_where_that_is_what_it_takes() {
    let directory = tempfile::tempdir().unwrap();
    let port = crate::world::server::free_port();
    let setting = ("GATEWRIGHT__PROTOCOL__REFRESH_WITHOUT_OFFLINE_ACCESS", "false");
    let server = Server::quickstart_with(directory.path(), port, &[setting]);
    let client = RelyingParty::demo(&server);
    assert!(client.tokens().await.get("refresh_token").is_none());
    let asking = client.asking("openid offline_access");
    let code = asking.code(&[("prompt", "consent")]).await;
    assert!(asking.redeem(&code).await.json()["refresh_token"].is_string());
}

#[tokio::test]
async fn client_credentials_bring_a_token_of_the_client_itself() {
    let server = Server::quickstart();
    let answer = RelyingParty::demo(&server).token(&[("grant_type", "client_credentials")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let tokens = answer.json();
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none(), "{tokens}");
    assert_eq!(jwt::claims(text(&tokens, "access_token"))["sub"], "demo");
}
