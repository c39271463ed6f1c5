//! Client authentication by assertion: `private_key_jwt` and `client_secret_jwt` (RFC 7523 2.2 and 3).

use crate::world::{ISSUER, Scene, client, params, refusal};
use gatewright_domain::client::{Client, ClientAuthentication, ClientKeys};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_engine::client_authentication::SECRET_PURPOSE;
use gatewright_engine::client_keys::{KEYS_AGE_S_MAX, REFETCH_S_MIN};
use gatewright_protocol::client_credentials::JWT_BEARER;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::signing::{TestSigner, client_jwks, client_jwt, secret_jwt};
use serde_json::{Map, Value, json};

const KEYED: &str = "keyed";
const JWKS_URI: &str = "https://client.example.com/jwks";
const SECRET: &str = "a-secret-that-signs";

fn by_keys(id: &str, keys: ClientKeys, algorithm: Option<JwsAlgorithm>) -> Client {
    Client { authentication: ClientAuthentication::PrivateKeyJwt { algorithm }, keys: Some(keys), ..client(id) }
}

async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.registers(by_keys(KEYED, ClientKeys::Inline(client_jwks("k1")), None)).await;
    let sealed_secret = TestSigner::default().seal(SECRET_PURPOSE, &SecretText::new(SECRET)).unwrap();
    scene
        .registers(Client {
            authentication: ClientAuthentication::ClientSecretJwt {},
            sealed_secret: Some(sealed_secret),
            ..client("secret")
        })
        .await;
    scene
}

fn claims(id: &str, changes: Value) -> Map<String, Value> {
    let mut claims = json!({ "iss": id, "sub": id, "aud": ISSUER, "exp": DEFAULT_NOW.0 + 60, "jti": "1" });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let Value::Object(claims) = claims else { unreachable!() };
    claims.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn signed(changes: Value) -> String {
    client_jwt("k1", JwsAlgorithm::ES256, &claims(KEYED, changes))
}

/// Whether the assertion authenticates; else the code.
async fn asserts(scene: &Scene, assertion: &str, more: &[(&str, &str)]) -> Result<(), ErrorCode> {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    form.extend(more);
    match scene.engine.token(None, &params(&form)).await {
        Ok(_) => Ok(()),
        refused => Err(refusal(refused)),
    }
}

#[tokio::test]
async fn an_assertion_by_a_registered_key_authenticates() {
    let scene = scene().await;
    for (jti, changes) in [
        ("1", json!({})),
        ("2", json!({ "aud": format!("{ISSUER}/token") })),
        ("3", json!({ "aud": [ISSUER, "https://other.example"] })),
        ("4", json!({ "nbf": DEFAULT_NOW.0 + 8 })),
    ] {
        let mut changes = changes;
        changes["jti"] = jti.into();
        assert_eq!(asserts(&scene, &signed(changes.clone()), &[]).await, Ok(()), "{changes}");
    }
    assert_eq!(asserts(&scene, &signed(json!({ "jti": "5" })), &[("client_id", KEYED)]).await, Ok(()));
}

#[tokio::test]
async fn an_assertion_is_accepted_once() {
    let scene = scene().await;
    let assertion = signed(json!({}));
    assert_eq!(asserts(&scene, &assertion, &[]).await, Ok(()));
    assert_eq!(asserts(&scene, &assertion, &[]).await, Err(ErrorCode::InvalidClient));
    // Neither another endpoint nor another signature over the same jti makes it new.
    let form = params(&[("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion), ("token", "x")]);
    assert_eq!(refusal(scene.engine.revoke(None, &form).await), ErrorCode::InvalidClient);
    assert_eq!(asserts(&scene, &signed(json!({ "iat": DEFAULT_NOW.0 })), &[]).await, Err(ErrorCode::InvalidClient));
    assert_eq!(asserts(&scene, &signed(json!({ "jti": "2" })), &[]).await, Ok(()));
}

#[tokio::test]
async fn the_jti_of_one_client_is_not_that_of_another() {
    let scene = scene().await;
    scene.registers(by_keys("twin", ClientKeys::Inline(client_jwks("k1")), None)).await;
    assert_eq!(asserts(&scene, &signed(json!({})), &[]).await, Ok(()));
    let twins = client_jwt("k1", JwsAlgorithm::ES256, &claims("twin", json!({})));
    assert_eq!(asserts(&scene, &twins, &[]).await, Ok(()));
}

#[tokio::test]
async fn an_assertion_that_says_something_else_is_refused_and_its_jti_not_spent() {
    let scene = scene().await;
    for changes in [
        json!({ "iss": "c1" }),
        json!({ "sub": null }),
        json!({ "aud": "https://other.example" }),
        json!({ "aud": null }),
        json!({ "exp": DEFAULT_NOW.0 }),
        json!({ "exp": DEFAULT_NOW.0 - 300 }),
        json!({ "exp": DEFAULT_NOW.0 + 3601 }),
        json!({ "exp": null }),
        json!({ "nbf": DEFAULT_NOW.0 + 61 }),
        json!({ "jti": null }),
    ] {
        assert_eq!(asserts(&scene, &signed(changes.clone()), &[]).await, Err(ErrorCode::InvalidClient), "{changes}");
    }
    assert_eq!(asserts(&scene, &signed(json!({})), &[]).await, Ok(()));
}

#[tokio::test]
async fn an_assertion_by_another_key_or_algorithm_is_refused() {
    let scene = scene().await;
    let own = claims(KEYED, json!({}));
    for assertion in [
        client_jwt("k2", JwsAlgorithm::ES256, &own),
        secret_jwt(SECRET, &own),
        secret_jwt("k1", &own),
        format!("{}x", signed(json!({}))),
        "e30.e30.e30".to_owned(),
        "garbage".to_owned(),
    ] {
        assert_eq!(asserts(&scene, &assertion, &[]).await, Err(ErrorCode::InvalidClient), "{assertion}");
    }
    assert_eq!(asserts(&scene, &signed(json!({})), &[("client_id", "c1")]).await, Err(ErrorCode::InvalidClient));
    scene.registers(by_keys(KEYED, ClientKeys::Inline(client_jwks("k1")), Some(JwsAlgorithm::PS256))).await;
    assert_eq!(asserts(&scene, &signed(json!({})), &[]).await, Err(ErrorCode::InvalidClient), "it registered PS256");
}

#[tokio::test]
async fn a_client_with_a_secret_that_signs_uses_that_secret() {
    let scene = scene().await;
    let own = claims("secret", json!({}));
    assert_eq!(asserts(&scene, &secret_jwt(SECRET, &own), &[]).await, Ok(()));
    assert_eq!(asserts(&scene, &secret_jwt(SECRET, &own), &[]).await, Err(ErrorCode::InvalidClient), "once");
    let fresh = claims("secret", json!({ "jti": "2" }));
    assert_eq!(asserts(&scene, &secret_jwt("guess", &fresh), &[]).await, Err(ErrorCode::InvalidClient));
    assert_eq!(
        asserts(&scene, &client_jwt(SECRET, JwsAlgorithm::ES256, &fresh), &[]).await,
        Err(ErrorCode::InvalidClient)
    );
    let by_post = params(&[("grant_type", "client_credentials"), ("client_id", "secret"), ("client_secret", SECRET)]);
    assert_eq!(refusal(scene.engine.token(None, &by_post).await), ErrorCode::InvalidClient);
}

#[tokio::test]
async fn keys_that_rotated_at_their_uri_are_fetched_anew_but_not_at_will() {
    let scene = scene().await;
    scene.registers(by_keys(KEYED, ClientKeys::Uri(JWKS_URI.to_owned()), None)).await;
    let by = |kid: &str, jti: &str| {
        client_jwt(kid, JwsAlgorithm::ES256, &claims(KEYED, json!({ "jti": jti, "exp": DEFAULT_NOW.0 + 3600 })))
    };
    assert_eq!(asserts(&scene, &by("k1", "0"), &[]).await, Err(ErrorCode::InvalidClient), "there is no document yet");
    scene.documents.put(JWKS_URI, client_jwks("k1"));
    let before = scene.documents.fetched();
    for jti in ["1", "2", "3"] {
        assert_eq!(asserts(&scene, &by("k1", jti), &[]).await, Ok(()));
    }
    assert_eq!(scene.documents.fetched() - before, 1, "known keys are not fetched again");

    scene.documents.put(JWKS_URI, client_jwks("k2"));
    scene.clock.advance(i64::try_from(REFETCH_S_MIN).unwrap());
    assert_eq!(asserts(&scene, &by("k2", "4"), &[]).await, Ok(()));
    assert_eq!(asserts(&scene, &by("k1", "5"), &[]).await, Err(ErrorCode::InvalidClient), "the old one is gone");
    let before = scene.documents.fetched();
    for jti in 10..30 {
        let made_up = by("made-up", &jti.to_string());
        assert_eq!(asserts(&scene, &made_up, &[]).await, Err(ErrorCode::InvalidClient));
    }
    assert_eq!(scene.documents.fetched(), before, "made-up keys make us fetch at most once in {REFETCH_S_MIN} s");
}

#[tokio::test]
async fn keys_are_used_no_longer_than_their_age_allows() {
    let scene = scene().await;
    scene.registers(by_keys(KEYED, ClientKeys::Uri(JWKS_URI.to_owned()), None)).await;
    scene.documents.put(JWKS_URI, client_jwks("k1"));
    let at = |jti: &str, s: i64| {
        client_jwt("k1", JwsAlgorithm::ES256, &claims(KEYED, json!({ "jti": jti, "exp": DEFAULT_NOW.0 + s + 60 })))
    };
    assert_eq!(asserts(&scene, &at("1", 0), &[]).await, Ok(()));
    scene.documents.put(JWKS_URI, client_jwks("k2"));
    let age = i64::try_from(KEYS_AGE_S_MAX).unwrap();
    scene.clock.advance(age - 1);
    assert_eq!(asserts(&scene, &at("2", age), &[]).await, Ok(()));
    scene.clock.advance(1);
    assert_eq!(asserts(&scene, &at("3", age), &[]).await, Err(ErrorCode::InvalidClient), "the key was withdrawn");
}
