//! What a client is told in JWTs, signed with keys and secrets, and encrypted (OpenID Connect Core 10, RFC 9701, JARM).

use crate::world::relying_party::{basic, request, response_of};
use crate::world::signature::verified_rs256;
use crate::world::{Browser, RelyingParty, Server, jwt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::symm::{Cipher, decrypt_aead};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The text within a JWE by `dir` and `A256GCM`, whose key is made of the secret.
fn opened(jwe: &str, secret: &str) -> String {
    let header = jwt::header(jwe);
    assert_eq!((&header["alg"], &header["enc"]), (&json!("dir"), &json!("A256GCM")), "{header}");
    let parts: Vec<&str> = jwe.split('.').collect();
    assert!(parts.len() == 5 && parts[1].is_empty(), "{jwe}");
    let bytes = |place: usize| URL_SAFE_NO_PAD.decode(parts[place]).unwrap();
    let key = Sha256::digest(secret.as_bytes());
    let (iv, text, tag) = (bytes(2), bytes(3), bytes(4));
    let opened = decrypt_aead(Cipher::aes_256_gcm(), &key, Some(&iv), parts[0].as_bytes(), &text, &tag).unwrap();
    String::from_utf8(opened).unwrap()
}

#[tokio::test]
async fn id_token_and_userinfo_are_encrypted_with_the_secret_where_the_client_registers_so() {
    let server = Server::quickstart();
    let client = RelyingParty::register(
        &server,
        json!({
            "id_token_encrypted_response_alg": "dir", "id_token_encrypted_response_enc": "A256GCM",
            "userinfo_encrypted_response_alg": "dir", "userinfo_encrypted_response_enc": "A256GCM",
        }),
    )
    .await;
    let secret = client.client_secret.clone().unwrap();
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    let tokens = client.tokens().await;
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_eq!(jwt::header(id_token)["cty"], "JWT");
    let claims = verified_rs256(&jwks, &opened(id_token, &secret));
    assert_eq!(claims["aud"], client.client_id.as_str());
    let userinfo = client.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(userinfo.headers["content-type"], "application/jwt");
    let told: Value = serde_json::from_str(&opened(&userinfo.body, &secret)).unwrap();
    assert_eq!(told["sub"], claims["sub"]);
}

#[tokio::test]
async fn introspection_is_answered_in_a_jwt_to_who_accepts_one() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let token = client.tokens().await["access_token"].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http
        .post(server.at("/introspect"))
        .header("authorization", basic("demo", "demo-secret"))
        .header("accept", "application/token-introspection+jwt")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("token={token}"));
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/token-introspection+jwt");
    let body = answer.text().await.unwrap();
    assert_eq!(jwt::header(&body)["typ"], "token-introspection+jwt");
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    let claims = verified_rs256(&jwks, &body);
    assert_eq!((&claims["aud"], &claims["token_introspection"]["active"]), (&json!("demo"), &json!(true)));
    let misused = client.userinfo(&body).await;
    assert_eq!(misused.status, StatusCode::UNAUTHORIZED, "it is no access token");
}

#[tokio::test]
async fn an_authorization_response_comes_in_a_jwt_and_so_does_a_refusal() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    let browser = Browser::new();
    client.code_in(&browser, &[]).await;
    for (extra, member) in [(vec![], "code"), (vec![("scope", "unheard-of")], "error")] {
        let mut extra = extra;
        extra.push(("response_mode", "jwt"));
        let response = response_of(&browser.open(&client.authorization_url(&extra)).await);
        assert_eq!(response.keys().collect::<Vec<_>>(), ["response"]);
        let claims = verified_rs256(&jwks, &response["response"]);
        assert!(claims[member].is_string(), "{claims}");
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(server.issuer), &json!("demo")));
        assert_eq!(claims["state"], "state-1");
    }
    let page = browser.open(&client.authorization_url(&[("response_mode", "form_post.jwt")])).await.page();
    let claims = verified_rs256(&jwks, &page.hidden["response"]);
    assert_eq!(client.redeem(claims["code"].as_str().unwrap()).await.status, StatusCode::OK);
}
