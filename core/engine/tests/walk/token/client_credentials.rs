//! The client credentials grant (RFC 6749 4.4).

use crate::world::{CLIENT, Parts, Scene, asking_password, basic, broken, client, params, refusal};
use gatewright_domain::client::{AccessTokenFormat, Client, ClientAuthentication, TokenPreferences};
use gatewright_engine::error::EndpointError;
use gatewright_protocol::error::ErrorCode;
use gatewright_testing::samples::{scope, word};
use gatewright_testing::signing::claims_of;

async fn scene() -> Scene {
    let mut parts = Parts::new();
    parts.settings.scopes.insert("payments".to_owned(), vec![]);
    parts.settings.scopes.insert("refunds".to_owned(), vec![]);
    let scene = parts.built().await;
    scene.registers(Client { scope: scope("openid profile payments"), ..client(CLIENT) }).await;
    scene
}

fn form(scope: &str) -> Vec<(&str, &str)> {
    let mut form = vec![("grant_type", "client_credentials")];
    if !scope.is_empty() {
        form.push(("scope", scope));
    }
    form
}

#[tokio::test]
async fn a_client_gets_a_token_for_itself_without_refresh_or_id_token() {
    let scene = scene().await;
    let tokens = scene.token(CLIENT, &form("payments")).await.unwrap();
    assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
    let claims = claims_of(&tokens.access_token);
    assert_eq!(
        (&claims["sub"], &claims["client_id"], &claims["scope"]),
        (&CLIENT.into(), &CLIENT.into(), &"payments".into())
    );
    for absent in ["auth_time", "acr", "amr", "sid"] {
        assert!(!claims.contains_key(absent), "{absent}");
    }
    assert!(scene.lives(&tokens.access_token).await);
}

#[tokio::test]
async fn scope_comes_down_to_what_the_client_may_have_without_an_end_user() {
    let scene = scene().await;
    for (asked, given) in [("", "payments"), ("payments refunds", "payments"), ("openid payments", "payments")] {
        let tokens = scene.token(CLIENT, &form(asked)).await.unwrap();
        assert_eq!(tokens.scope, Some(scope(given)), "{asked:?}");
    }
    for nothing in ["refunds", "openid profile", "unheard_of"] {
        assert_eq!(refusal(scene.token(CLIENT, &form(nothing)).await), ErrorCode::InvalidScope, "{nothing}");
    }
}

#[tokio::test]
async fn a_public_client_has_nothing_to_show() {
    let scene = scene().await;
    scene.registers(Client { authentication: ClientAuthentication::None {}, ..client("spa") }).await;
    let mut asked = form("");
    asked.push(("client_id", "spa"));
    assert_eq!(refusal(scene.engine.token(None, &params(&asked)).await), ErrorCode::UnauthorizedClient);
}

#[tokio::test]
async fn userinfo_has_nobody_to_speak_of() {
    let scene = scene().await;
    let tokens = scene.token(CLIENT, &form("")).await.unwrap();
    assert_eq!(refusal(scene.engine.userinfo(&tokens.access_token).await), ErrorCode::InsufficientScope);
}

#[tokio::test]
async fn the_tokens_of_a_client_that_was_removed_are_worth_nothing() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let scene = scene().await;
        let tokens = TokenPreferences { access_token_format: format, ..client("gone").tokens };
        scene.registers(Client { tokens, scope: scope("payments"), ..client("gone") }).await;
        let own = scene.token("gone", &form("")).await.unwrap();
        assert!(scene.introspects(&own.access_token).await.is_some(), "{format:?}");
        scene.stores.clients.remove(&word("gone")).await.unwrap();
        assert_eq!(scene.introspects(&own.access_token).await, None, "{format:?}");
    }
}

#[tokio::test]
async fn a_hook_fault_is_a_server_error() {
    let scene = Scene::under(asking_password().on_customize_token(|_| broken())).await;
    let error = scene.engine.token(Some(basic(CLIENT).as_str()), &params(&form(""))).await.unwrap_err();
    assert!(matches!(error, EndpointError::Hook(_)), "{error}");
    assert_eq!(error.refusal().code(), ErrorCode::ServerError);
}
