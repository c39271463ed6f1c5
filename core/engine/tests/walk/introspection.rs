//! `/introspect` (RFC 7662).

use crate::world::{CLIENT, ISSUER, Scene, Told, asking_password, basic, broken, client, params, refusal};
use gatewright_domain::client::{AccessTokenFormat, Client, ClientAuthentication, TokenPreferences};
use gatewright_domain::hooks::{ClaimsDecision, ClaimsDestination};
use gatewright_engine::error::EndpointError;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::subject_type::SubjectType;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::samples::SUBJECT;
use gatewright_testing::signing::claims_of;
use serde_json::json;

#[tokio::test]
async fn an_access_token_is_told_of_whatever_its_form() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let scene = Scene::new().await;
        let tokens = TokenPreferences { access_token_format: format, ..client(CLIENT).tokens };
        scene.registers(Client { tokens, ..client(CLIENT) }).await;
        let tokens = scene.tokens("").await;
        let told = scene.introspects(&tokens.access_token).await.unwrap();
        let expected = json!({
            "active": true, "iss": ISSUER, "aud": ISSUER, "sub": SUBJECT, "client_id": CLIENT, "username": "alice",
            "scope": "openid profile", "token_type": "Bearer", "acr": "pwd",
            "iat": DEFAULT_NOW.0, "exp": DEFAULT_NOW.0 + 300, "auth_time": DEFAULT_NOW.0,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&told[name], value, "{name} {format:?}");
        }
    }
}

#[tokio::test]
async fn a_refresh_token_is_told_to_its_own_client_alone() {
    let scene = Scene::new().await;
    scene.registers(client("other")).await;
    let refresh_token = scene.tokens("").await.refresh_token.unwrap();
    let told = scene.introspects(&refresh_token).await.unwrap();
    assert_eq!(
        (&told["token_type"], &told["scope"], &told["sub"]),
        (&"refresh_token".into(), &"openid profile".into(), &SUBJECT.into())
    );
    let answer =
        scene.engine.introspect(Some(basic("other").as_str()), &params(&[("token", &refresh_token)])).await.unwrap();
    assert_eq!(serde_json::to_value(&answer).unwrap(), json!({ "active": false }));
    scene.refreshes(CLIENT, &refresh_token, &[]).await.unwrap();
    assert_eq!(scene.introspects(&refresh_token).await, None, "it was used");
}

#[tokio::test]
async fn a_pairwise_client_is_told_the_end_user_as_it_knows_them_of_every_token() {
    let scene = Scene::new().await;
    let sector = Some("a.example".to_owned());
    scene.registers(Client { subject_type: SubjectType::Pairwise, sector, ..client(CLIENT) }).await;
    let tokens = scene.tokens("").await;
    let sub = claims_of(&tokens.id_token.unwrap())["sub"].clone();
    assert_ne!(sub, SUBJECT);
    for token in [&tokens.access_token, &tokens.refresh_token.unwrap()] {
        assert_eq!(scene.introspects(token).await.unwrap()["sub"], sub);
    }
}

#[tokio::test]
async fn of_a_token_that_is_not_good_nothing_is_told() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    for other in [tokens.id_token.as_deref().unwrap(), "made-up", "a.b.c"] {
        assert_eq!(scene.introspects(other).await, None, "{other}");
    }
    scene.clock.advance(300);
    let answer =
        scene.engine.introspect(Some(basic(CLIENT).as_str()), &params(&[("token", &tokens.access_token)])).await;
    assert_eq!(serde_json::to_value(answer.unwrap()).unwrap(), json!({ "active": false }), "it expired");
}

#[tokio::test]
async fn a_wrong_hint_changes_nothing() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    for (token, hint) in [(&tokens.access_token, "refresh_token"), (&tokens.refresh_token.unwrap(), "access_token")] {
        let form = params(&[("token", token), ("token_type_hint", hint)]);
        let answer = scene.engine.introspect(Some(basic(CLIENT).as_str()), &form).await.unwrap();
        assert_eq!(serde_json::to_value(&answer).unwrap()["active"], true, "{hint}");
    }
}

#[tokio::test]
async fn a_public_client_is_told_nothing() {
    let scene = Scene::new().await;
    scene.registers(Client { authentication: ClientAuthentication::None {}, ..client("spa") }).await;
    let tokens = scene.tokens("").await;
    let form = params(&[("client_id", "spa"), ("token", &tokens.access_token)]);
    assert_eq!(refusal(scene.engine.introspect(None, &form).await), ErrorCode::UnauthorizedClient);
}

#[tokio::test]
async fn the_claims_hook_adds_but_does_not_contradict_the_token() {
    let policy = asking_password().on_claims(|input| {
        let claims = match input.destination {
            ClaimsDestination::Introspection => json!({ "roles": ["staff"], "scope": "admin", "active": false }),
            _ => json!({}),
        };
        Ok(ClaimsDecision { claims: claims.as_object().cloned().unwrap() })
    });
    let scene = Scene::under(policy).await;
    let told = scene.introspects(&scene.tokens("").await.access_token).await.unwrap();
    assert_eq!((&told["roles"], &told["scope"]), (&json!(["staff"]), &"openid profile".into()));
}

#[tokio::test]
async fn a_fault_of_the_claims_hook_is_a_server_error() {
    let policy = asking_password().on_claims(|input| match input.destination {
        ClaimsDestination::Introspection => broken(),
        _ => Ok(ClaimsDecision::default()),
    });
    let scene = Scene::under(policy).await;
    let done = scene.visitor().completes("").await;
    let tokens = scene.redeems(CLIENT, done.code()).await.unwrap();
    let error =
        scene.engine.introspect(Some(basic(CLIENT).as_str()), &params(&[("token", &tokens.access_token)])).await;
    assert!(matches!(error, Err(EndpointError::Hook(_))));
}
