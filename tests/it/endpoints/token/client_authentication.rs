//! How a client authenticates (RFC 6749 2.3.1, RFC 7523 2.2, OpenID Connect Core 9, RFC 7636 4).

use crate::world::relying_party::{pkce, post_form};
use crate::world::signature::{ClientKey, hs256};
use crate::world::{Answer, RelyingParty, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn registered(server: &Server, method: &str, jwks: Option<Value>) -> RelyingParty {
    let mut members = json!({
        "token_endpoint_auth_method": method,
        "grant_types": ["authorization_code", "client_credentials"],
    });
    if let Some(jwks) = jwks {
        members["jwks"] = jwks;
    }
    let client = RelyingParty::register(server, members).await;
    assert_eq!(client.registration["token_endpoint_auth_method"], method);
    client
}

/// The claims of an assertion that is good for a minute (RFC 7523 3).
fn assertion_of(client: &RelyingParty, jti: &str) -> Value {
    #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let id = &client.client_id;
    json!({ "iss": id, "sub": id, "aud": client.issuer, "iat": now, "exp": now + 60, "jti": jti })
}

async fn with_assertion(client: &RelyingParty, assertion: &str) -> Answer {
    let form = [GRANT, ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
    post_form(&format!("{}/token", client.issuer), &form, None).await
}

fn assert_issued(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.json()["access_token"].is_string());
}

fn assert_unknown(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (401, Some("invalid_client")));
}

#[tokio::test]
async fn client_secret_basic_is_a_header_and_client_secret_post_is_in_the_form_and_neither_is_the_other() {
    let server = Server::quickstart();
    let basic = registered(&server, "client_secret_basic", None).await;
    let post = registered(&server, "client_secret_post", None).await;
    assert_issued(&basic.token(&[GRANT]).await);
    assert_issued(&in_form(&post).await);
    assert_unknown(&post.token(&[GRANT]).await);
    assert_unknown(&in_form(&basic).await);
}

async fn in_form(client: &RelyingParty) -> Answer {
    let form = [GRANT, ("client_id", &client.client_id), ("client_secret", client.client_secret.as_ref().unwrap())];
    post_form(&format!("{}/token", client.issuer), &form, None).await
}

#[tokio::test]
async fn client_secret_jwt_is_an_assertion_keyed_with_the_secret() {
    let server = Server::quickstart();
    let client = registered(&server, "client_secret_jwt", None).await;
    let secret = client.client_secret.clone().unwrap();
    assert_issued(&with_assertion(&client, &hs256(&secret, &assertion_of(&client, "j1"))).await);
    assert_unknown(&with_assertion(&client, &hs256("another secret", &assertion_of(&client, "j2"))).await);
}

#[tokio::test]
async fn private_key_jwt_is_an_assertion_by_a_registered_key_good_once() {
    let server = Server::quickstart();
    let key = ClientKey::generate();
    let client = registered(&server, "private_key_jwt", Some(key.jwks())).await;
    let assertion = key.sign(&assertion_of(&client, "j1"));
    assert_issued(&with_assertion(&client, &assertion).await);
    assert_unknown(&with_assertion(&client, &assertion).await);
    assert_unknown(&with_assertion(&client, &ClientKey::generate().sign(&assertion_of(&client, "j2"))).await);
}

#[tokio::test]
async fn a_public_client_proves_itself_by_its_code_verifier() {
    let server = Server::quickstart();
    let client = RelyingParty { client_id: "demo-spa".into(), client_secret: None, ..RelyingParty::demo(&server) };
    let (verifier, challenge) = pkce();
    let code = client.code(&[("code_challenge", &challenge), ("code_challenge_method", "S256")]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let answer = client.token(&form).await;
    assert_issued(&answer);
    assert!(answer.json()["id_token"].is_string());
}
