//! Access tokens as JWTs (RFC 9068) and as opaque values, by client.

use crate::world::{CLIENT, ISSUER, Scene, client};
use gatewright_domain::client::{AccessTokenFormat, Client, TokenPreferences};
use gatewright_domain::signing::{Signer, TokenType};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::samples::SUBJECT;
use gatewright_testing::signing::{TestSigner, claims_of, client_jwt};
use serde_json::{Value, json};

fn of_format(access_token_format: AccessTokenFormat) -> Client {
    let tokens = TokenPreferences { access_token_format, access_token_lifetime_s: Some(120), ..client(CLIENT).tokens };
    Client { tokens, ..client(CLIENT) }
}

#[tokio::test]
async fn a_jwt_access_token_says_what_rfc_9068_asks() {
    let scene = Scene::new().await;
    scene.registers(of_format(AccessTokenFormat::Jwt)).await;
    let tokens = scene.tokens("").await;
    let mut claims = claims_of(&tokens.access_token);
    for drawn in ["jti", "sid", "token_family"] {
        assert!(claims.remove(drawn).is_some_and(|value| value.is_string()), "{drawn}");
    }
    let expected = json!({
        "iss": ISSUER, "aud": ISSUER, "sub": SUBJECT, "client_id": CLIENT, "scope": "openid profile",
        "iat": DEFAULT_NOW.0, "exp": DEFAULT_NOW.0 + 120, "auth_time": DEFAULT_NOW.0, "acr": "pwd", "amr": ["pwd"],
    });
    assert_eq!(Value::Object(claims), expected);
    assert!(TestSigner::default().verify(&tokens.access_token, TokenType::AccessToken).is_ok(), "its typ is at+jwt");
    assert_eq!(tokens.expires_in, 120);
}

#[tokio::test]
async fn an_opaque_access_token_says_nothing_and_stands_for_the_same() {
    let scene = Scene::new().await;
    scene.registers(of_format(AccessTokenFormat::Opaque)).await;
    let tokens = scene.tokens("").await;
    assert!(!tokens.access_token.contains('.'));
    assert_eq!(tokens.access_token.len(), 43, "256 random bits");
    let told = scene.introspects(&tokens.access_token).await.unwrap();
    for (name, value) in
        [("iss", ISSUER), ("aud", ISSUER), ("sub", SUBJECT), ("client_id", CLIENT), ("scope", "openid profile")]
    {
        assert_eq!(told[name], value, "{name}");
    }
    assert_eq!((told["exp"].as_i64(), told["iat"].as_i64()), (Some(DEFAULT_NOW.0 + 120), Some(DEFAULT_NOW.0)));
}

#[tokio::test]
async fn an_access_token_ends_with_its_lifetime_whatever_its_form() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let scene = Scene::new().await;
        scene.registers(of_format(format)).await;
        let tokens = scene.tokens("").await;
        scene.clock.advance(119);
        assert!(scene.lives(&tokens.access_token).await, "{format:?}");
        scene.clock.advance(1);
        assert!(!scene.lives(&tokens.access_token).await, "{format:?}");
    }
}

#[tokio::test]
async fn a_refresh_gives_an_opaque_client_opaque_tokens() {
    let scene = Scene::new().await;
    scene.registers(of_format(AccessTokenFormat::Opaque)).await;
    let first = scene.tokens("").await;
    let second = scene.refreshes(CLIENT, &first.refresh_token.unwrap(), &[]).await.unwrap();
    assert!(!second.access_token.contains('.') && scene.lives(&second.access_token).await);
    assert!(scene.lives(&first.access_token).await, "the first lives on to its end");
}

#[tokio::test]
async fn no_other_jwt_passes_for_an_access_token() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    let claims = claims_of(&tokens.access_token);
    let elsewhere = {
        let mut claims = claims.clone();
        claims.insert("iss".into(), "https://other.example".into());
        TestSigner::default().sign(JwsAlgorithm::ES256, TokenType::AccessToken, &claims).unwrap()
    };
    let unknown_family = {
        let mut claims = claims.clone();
        claims.insert("token_family".into(), "nobodys".into());
        TestSigner::default().sign(JwsAlgorithm::ES256, TokenType::AccessToken, &claims).unwrap()
    };
    for other in [
        tokens.id_token.unwrap(),
        client_jwt("test-ES256", JwsAlgorithm::ES256, &claims),
        elsewhere,
        unknown_family,
        format!("{}x", tokens.access_token),
        "a.b.c".to_owned(),
        String::new(),
    ] {
        assert!(!scene.lives(&other).await, "{other}");
    }
    assert!(scene.lives(&tokens.access_token).await);
}

#[tokio::test]
async fn a_pairwise_client_never_sees_the_subject_itself() {
    let scene = Scene::new().await;
    let subject_type = gatewright_protocol::subject_type::SubjectType::Pairwise;
    let pairwise = |id: &str, sector: &str| Client { subject_type, sector: Some(sector.to_owned()), ..client(id) };
    scene.registers(pairwise(CLIENT, "a.example")).await;
    scene.registers(pairwise("sibling", "a.example")).await;
    scene.registers(pairwise("stranger", "b.example")).await;
    let mut subs = Vec::new();
    for id in [CLIENT, "sibling", "stranger"] {
        let code = crate::world::Told::code(&scene.visitor().completes(&format!("client_id={id}")).await).to_owned();
        let tokens = scene.redeems(id, &code).await.unwrap();
        let sub = claims_of(&tokens.id_token.unwrap())["sub"].clone();
        assert_eq!(claims_of(&tokens.access_token)["sub"], sub, "{id}");
        assert_ne!(sub, SUBJECT, "{id}");
        subs.push(sub);
    }
    assert_eq!(subs[0], subs[1], "one sector, one name");
    assert_ne!(subs[0], subs[2]);
}
