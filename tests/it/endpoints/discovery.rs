//! `/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server`, `/jwks`, and the second address of every
//! endpoint (OpenID Connect Discovery 4, RFC 8414 3, RFC 7517 5).

use crate::world::Server;
use crate::world::relying_party::request;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const ALIAS: &str = "/jans-auth/restv1";
const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

async fn document(server: &Server, path: &str) -> Value {
    let answer = request(Method::GET, &server.at(path), None, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/json");
    answer.json()
}

#[tokio::test]
async fn both_metadata_documents_say_the_same_and_name_what_is_there() {
    let server = Server::quickstart();
    let metadata = document(&server, DOCUMENTS[0]).await;
    assert_eq!(metadata, document(&server, DOCUMENTS[1]).await);
    assert_eq!(metadata["issuer"], server.issuer);
    for (member, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("userinfo_endpoint", "/userinfo"),
        ("jwks_uri", "/jwks"),
        ("registration_endpoint", "/register"),
        ("introspection_endpoint", "/introspect"),
        ("revocation_endpoint", "/revoke"),
        ("pushed_authorization_request_endpoint", "/par"),
        ("end_session_endpoint", "/end_session"),
    ] {
        assert_eq!(metadata[member], server.at(path), "{member}");
    }
    assert_eq!(metadata["response_types_supported"], json!(["code", "code id_token"]));
    assert_eq!(
        metadata["response_modes_supported"],
        json!(["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"])
    );
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["subject_types_supported"], json!(["public", "pairwise"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["claims_parameter_supported"], true);
    let has = |member: &str, value: &str| metadata[member].as_array().unwrap().contains(&value.into());
    for grant in ["authorization_code", "refresh_token", "client_credentials"] {
        assert!(has("grant_types_supported", grant), "{grant}");
    }
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"] {
        assert!(has("token_endpoint_auth_methods_supported", method), "{method}");
    }
    for algorithm in ["RS256", "ES256", "HS256"] {
        for what in ["id_token", "userinfo", "introspection", "authorization"] {
            assert!(has(&format!("{what}_signing_alg_values_supported"), algorithm), "{what} {algorithm}");
        }
    }
    for what in ["id_token", "userinfo", "introspection", "authorization"] {
        assert!(has(&format!("{what}_encryption_alg_values_supported"), "RSA-OAEP-256"), "{what}");
        assert!(has(&format!("{what}_encryption_enc_values_supported"), "A128CBC-HS256"), "{what}");
    }
}

#[tokio::test]
async fn the_key_set_has_public_keys_alone() {
    let server = Server::quickstart();
    let jwks = document(&server, "/jwks").await;
    let keys = jwks["keys"].as_array().unwrap();
    let types: Vec<_> = keys.iter().map(|key| key["kty"].as_str().unwrap()).collect();
    assert!(types.contains(&"RSA") && types.contains(&"EC"), "{types:?}");
    assert_eq!(keys.iter().filter(|key| key["use"] == "enc").count(), 2, "{keys:?}");
    for key in keys {
        // A key to agree upon keys with is for several algorithms, and so names none.
        let has_alg = key["alg"].is_string() || (key["use"] == "enc" && key["kty"] == "EC");
        assert!(key["kid"].is_string() && has_alg && (key["use"] == "sig" || key["use"] == "enc"), "{key}");
        for secret in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(secret).is_none(), "{secret} is published");
        }
    }
}

#[tokio::test]
async fn every_endpoint_answers_at_its_second_address_as_at_its_first() {
    let server = Server::quickstart();
    for path in DOCUMENTS.iter().chain(&["/jwks", "/health/live", "/health/ready"]) {
        assert_eq!(document(&server, path).await, document(&server, &format!("{ALIAS}{path}")).await, "{path}");
    }
    for (method, path) in [
        (Method::GET, "/authorize"),
        (Method::POST, "/authorize"),
        (Method::POST, "/token"),
        (Method::GET, "/userinfo"),
        (Method::POST, "/userinfo"),
        (Method::POST, "/register"),
        (Method::GET, "/register/unknown"),
        (Method::PUT, "/register/unknown"),
        (Method::DELETE, "/register/unknown"),
        (Method::POST, "/introspect"),
        (Method::POST, "/revoke"),
        (Method::POST, "/par"),
        (Method::GET, "/end_session"),
        (Method::POST, "/end_session"),
        (Method::GET, "/metrics"),
    ] {
        let body = Some(("application/x-www-form-urlencoded", String::new())).filter(|_| method == Method::POST);
        let first = request(method.clone(), &server.at(path), None, body.clone()).await;
        let second = request(method.clone(), &server.at(&format!("{ALIAS}{path}")), None, body).await;
        assert_eq!(first.status, second.status, "{method} {path}");
        assert!(![404, 405].contains(&first.status.as_u16()), "{method} {path}: {}", first.status);
    }
}
