//! The authorization code grant (RFC 6749 4.1.3, RFC 7636 4.6, RFC 9700 2.1.1).

use crate::world::{CLIENT, Parts, REDIRECT_URI, Scene, Told, asking_password, broken, client, refusal};
use gatewright_domain::client::{Client, TokenPreferences};
use gatewright_domain::token_hash::TokenHash;
use gatewright_engine::error::EndpointError;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::samples::{CODE_CHALLENGE, CODE_VERIFIER, public_client, scope};
use gatewright_testing::signing::TestSigner;

const NATIVE: &str = "http://127.0.0.1/cb";

type Form<'f> = &'f [(&'f str, &'f str)];

fn with_challenge() -> String {
    format!("code_challenge={CODE_CHALLENGE}&code_challenge_method=S256")
}

#[tokio::test]
async fn a_code_is_redeemed_for_tokens_of_the_granted_scope() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    assert_eq!(tokens.scope, Some(scope("openid profile")));
    assert_eq!(tokens.expires_in, 300);
    assert!(tokens.id_token.is_some() && tokens.refresh_token.is_some());
    assert!(scene.lives(&tokens.access_token).await);
}

#[tokio::test]
async fn without_the_scope_openid_there_is_no_id_token() {
    let scene = Scene::new().await;
    assert!(scene.tokens("scope=profile").await.id_token.is_none());
}

#[tokio::test]
async fn a_code_is_bound_to_its_client_redirect_uri_and_challenge_and_survives_who_has_none_of_them() {
    let scene = Scene::new().await;
    scene.registers(client("other")).await;
    let code = scene.code(&with_challenge()).await;
    let other_verifier = "A".repeat(43);
    let good = ("code_verifier", CODE_VERIFIER);
    let rows: [(&str, Form<'_>, ErrorCode); 7] = [
        ("other", &[good], ErrorCode::InvalidGrant),
        (CLIENT, &[good, ("redirect_uri", "https://client.example.com/cb2")], ErrorCode::InvalidGrant),
        (CLIENT, &[good, ("redirect_uri", "")], ErrorCode::InvalidRequest),
        (CLIENT, &[], ErrorCode::InvalidGrant),
        (CLIENT, &[("code_verifier", &other_verifier)], ErrorCode::InvalidGrant),
        // The challenge itself is no verifier: plain is not taken.
        (CLIENT, &[("code_verifier", CODE_CHALLENGE)], ErrorCode::InvalidGrant),
        (CLIENT, &[good, ("code", "made-up")], ErrorCode::InvalidGrant),
    ];
    for (client, more, expected) in rows {
        assert_eq!(refusal(scene.redeems_with(client, &code, more).await), expected, "{client} {more:?}");
    }
    assert!(scene.redeems_with(CLIENT, &code, &[good]).await.is_ok(), "none of that has burnt it");
}

#[tokio::test]
async fn a_verifier_for_a_code_without_a_challenge_is_refused() {
    let scene = Scene::new().await;
    let code = scene.code("").await;
    let downgraded = scene.redeems_with(CLIENT, &code, &[("code_verifier", CODE_VERIFIER)]).await;
    assert_eq!(refusal(downgraded), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn a_public_client_redeems_by_its_verifier_alone() {
    let scene = Scene::new().await;
    scene.registers(public_client("spa")).await;
    let query = format!("client_id=spa&{}", with_challenge());
    let code = scene.visitor().completes(&query).await.code().to_owned();
    let form = |verifier: &str| {
        crate::world::params(&[
            ("client_id", "spa"),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", verifier),
        ])
    };
    assert_eq!(refusal(scene.engine.token(None, &form(&"B".repeat(43))).await), ErrorCode::InvalidGrant);
    assert!(scene.engine.token(None, &form(CODE_VERIFIER)).await.is_ok());
}

#[tokio::test]
async fn a_native_client_redeems_at_the_port_it_asked_with() {
    let scene = Scene::new().await;
    let redirect_uris = vec![gatewright_protocol::redirect_uri::RedirectUri::try_from(NATIVE).unwrap()];
    scene.registers(Client { redirect_uris, ..client(CLIENT) }).await;
    let code = scene.code("redirect_uri=http://127.0.0.1:49152/cb").await;
    let wrong = scene.redeems_with(CLIENT, &code, &[("redirect_uri", "http://127.0.0.1:49153/cb")]).await;
    assert_eq!(refusal(wrong), ErrorCode::InvalidGrant);
    assert!(scene.redeems_with(CLIENT, &code, &[("redirect_uri", "http://127.0.0.1:49152/cb")]).await.is_ok());
}

#[tokio::test]
async fn reused_code_revokes_the_token_family() {
    for wait_s in [0, 30, 3600] {
        let scene = Scene::new().await;
        let code = scene.code("").await;
        let tokens = scene.redeems(CLIENT, &code).await.unwrap();
        let refresh_token = tokens.refresh_token.unwrap();
        let later = scene.refreshes(CLIENT, &refresh_token, &[]).await.unwrap();
        assert!(scene.lives(&tokens.access_token).await && scene.lives(&later.access_token).await);
        scene.clock.advance(wait_s);
        assert_eq!(refusal(scene.redeems(CLIENT, &code).await), ErrorCode::InvalidGrant, "{wait_s}");
        for token in [&tokens.access_token, &later.access_token] {
            assert!(!scene.lives(token).await, "{wait_s}");
            assert_eq!(scene.introspects(token).await, None, "{wait_s}");
        }
        let dead = scene.refreshes(CLIENT, &later.refresh_token.unwrap(), &[]).await;
        assert_eq!(refusal(dead), ErrorCode::InvalidGrant, "{wait_s}");
    }
}

#[tokio::test]
async fn reuse_by_who_cannot_redeem_revokes_nothing() {
    let scene = Scene::new().await;
    scene.registers(client("other")).await;
    let code = scene.code(&with_challenge()).await;
    let tokens = scene.redeems_with(CLIENT, &code, &[("code_verifier", CODE_VERIFIER)]).await.unwrap();
    for (who, more) in [("other", vec![("code_verifier", CODE_VERIFIER)]), (CLIENT, vec![])] {
        assert_eq!(refusal(scene.redeems_with(who, &code, &more).await), ErrorCode::InvalidGrant);
    }
    assert!(scene.lives(&tokens.access_token).await);
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let scene = Scene::new().await;
    let (young, old) = (scene.code("").await, scene.code("").await);
    let lifetime = i64::try_from(scene.engine.settings().lifetimes.code_s).unwrap();
    scene.clock.advance(lifetime - 1);
    assert!(scene.redeems(CLIENT, &young).await.is_ok());
    scene.clock.advance(1);
    assert_eq!(refusal(scene.redeems(CLIENT, &old).await), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn a_hook_fault_is_a_server_error_and_the_code_can_be_redeemed_again() {
    for hook in ["claims", "customize_token"] {
        let breaking = match hook {
            "claims" => asking_password().on_claims(|_| broken()),
            _ => asking_password().on_customize_token(|_| broken()),
        };
        let scene = Scene::under(breaking).await;
        let code = scene.code("").await;
        for _ in 0..2 {
            let error = scene.redeems(CLIENT, &code).await.unwrap_err();
            assert!(matches!(&error, EndpointError::Hook(fault) if fault.binding.as_str() == "broken"), "{error}");
            let told = error.refusal();
            assert_eq!(told.code(), ErrorCode::ServerError, "{hook}");
            assert!(!told.description().contains("it was told to"), "{hook}");
        }
        // The operator mends the bundle in place: the code is good still.
        scene.policies.activate(asking_password());
        assert!(scene.redeems(CLIENT, &code).await.is_ok(), "{hook}");
    }
}

#[tokio::test]
async fn a_missing_key_burns_neither_a_code_nor_a_refresh_token() {
    use JwsAlgorithm::{ES256, RS256};
    let signing = |id_token_algorithm| Client {
        tokens: TokenPreferences { id_token_algorithm, ..client(CLIENT).tokens },
        ..client(CLIENT)
    };
    // The ID token's key is missing, then that of access tokens.
    let rows = [(TestSigner::new(&[ES256]), RS256), (TestSigner::new(&[ES256]).defaulting_to(RS256), ES256)];
    for (signer, id_token_algorithm) in rows {
        let scene = Parts { signer, ..Parts::new() }.built().await;
        scene.registers(signing(id_token_algorithm)).await;
        let code = scene.code("").await;
        let error = scene.redeems(CLIENT, &code).await.unwrap_err();
        assert!(matches!(&error, EndpointError::Fault(fault) if fault.to_string().contains("RS256")), "{error}");
        let found = scene.stores.codes.find(&TokenHash::of(&code)).await.unwrap().unwrap();
        assert!(scene.stores.tokens.family(&found.family).await.unwrap().is_none(), "it was not redeemed");
    }

    let scene = Parts { signer: TestSigner::new(&[ES256]), ..Parts::new() }.built().await;
    scene.registers(signing(ES256)).await;
    let code = scene.code("").await;
    scene.registers(signing(RS256)).await;
    assert!(scene.redeems(CLIENT, &code).await.is_err());
    scene.registers(signing(ES256)).await;
    let refresh_token = scene.redeems(CLIENT, &code).await.unwrap().refresh_token.unwrap();
    scene.registers(signing(RS256)).await;
    assert!(matches!(scene.refreshes(CLIENT, &refresh_token, &[]).await, Err(EndpointError::Fault(_))));
    scene.registers(signing(ES256)).await;
    assert!(scene.refreshes(CLIENT, &refresh_token, &[]).await.is_ok(), "the same one is still good");
}

#[tokio::test]
async fn a_client_uses_the_grants_it_registered() {
    let scene = Scene::new().await;
    let code = scene.code("").await;
    let refresh_token = scene.tokens("").await.refresh_token.unwrap();
    scene.registers(Client { grant_types: vec![GrantType::ClientCredentials], ..client(CLIENT) }).await;
    assert_eq!(refusal(scene.redeems(CLIENT, &code).await), ErrorCode::UnauthorizedClient);
    assert_eq!(refusal(scene.refreshes(CLIENT, &refresh_token, &[]).await), ErrorCode::UnauthorizedClient);
    scene.registers(Client { grant_types: vec![GrantType::AuthorizationCode], ..client(CLIENT) }).await;
    let tokens = scene.redeems(CLIENT, &code).await.unwrap();
    assert!(tokens.refresh_token.is_none(), "it could not use one");
}

#[tokio::test]
async fn what_is_no_token_request_is_refused_by_its_code() {
    let scene = Scene::new().await;
    let rows: [(&[(&str, &str)], ErrorCode); 4] = [
        (&[], ErrorCode::InvalidRequest),
        (&[("grant_type", "password"), ("username", "alice"), ("password", "x")], ErrorCode::UnsupportedGrantType),
        (&[("grant_type", "implicit")], ErrorCode::UnsupportedGrantType),
        (&[("grant_type", "authorization_code")], ErrorCode::InvalidRequest),
    ];
    for (form, expected) in rows {
        assert_eq!(refusal(scene.token(CLIENT, form).await), expected, "{form:?}");
    }
}
