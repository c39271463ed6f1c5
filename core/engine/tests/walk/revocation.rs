//! `/revoke` (RFC 7009).

use crate::world::{CLIENT, Scene, basic, client, params, refusal};
use gatewright_domain::client::{AccessTokenFormat, Client, TokenPreferences};
use gatewright_protocol::error::ErrorCode;

async fn revokes(scene: &Scene, client: &str, token: &str) -> Result<(), ErrorCode> {
    match scene.engine.revoke(Some(basic(client).as_str()), &params(&[("token", token)])).await {
        Ok(()) => Ok(()),
        refused => Err(refusal(refused)),
    }
}

#[tokio::test]
async fn an_access_token_ends_alone_whatever_its_form() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let scene = Scene::new().await;
        let tokens = TokenPreferences { access_token_format: format, ..client(CLIENT).tokens };
        scene.registers(Client { tokens, ..client(CLIENT) }).await;
        let tokens = scene.tokens("").await;
        assert_eq!(revokes(&scene, CLIENT, &tokens.access_token).await, Ok(()));
        assert!(!scene.lives(&tokens.access_token).await, "{format:?}");
        let next = scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[]).await.unwrap();
        assert!(scene.lives(&next.access_token).await, "{format:?}");
    }
}

#[tokio::test]
async fn a_refresh_token_ends_with_all_that_descends_from_its_code() {
    let scene = Scene::new().await;
    let first = scene.tokens("").await;
    let second = scene.refreshes(CLIENT, &first.refresh_token.clone().unwrap(), &[]).await.unwrap();
    let newest = second.refresh_token.unwrap();
    assert_eq!(revokes(&scene, CLIENT, &newest).await, Ok(()));
    for token in [&first.access_token, &second.access_token] {
        assert!(!scene.lives(token).await);
    }
    assert_eq!(refusal(scene.refreshes(CLIENT, &newest, &[]).await), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn the_tokens_of_one_code_leave_those_of_another_alone() {
    let scene = Scene::new().await;
    let (one, other) = (scene.tokens("").await, scene.tokens("").await);
    revokes(&scene, CLIENT, &one.refresh_token.unwrap()).await.unwrap();
    assert!(scene.lives(&other.access_token).await);
}

#[tokio::test]
async fn the_token_of_another_client_is_not_revoked() {
    let scene = Scene::new().await;
    scene.registers(client("other")).await;
    let tokens = scene.tokens("").await;
    for token in [&tokens.access_token, tokens.refresh_token.as_ref().unwrap()] {
        assert_eq!(revokes(&scene, "other", token).await, Err(ErrorCode::UnauthorizedClient));
    }
    assert!(scene.lives(&tokens.access_token).await);
    assert!(scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[]).await.is_ok());
}

#[tokio::test]
async fn an_unknown_expired_or_revoked_token_is_as_good_as_revoked() {
    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    for token in ["made-up", "a.b.c", tokens.id_token.as_deref().unwrap()] {
        assert_eq!(revokes(&scene, CLIENT, token).await, Ok(()), "{token}");
    }
    for _ in 0..2 {
        assert_eq!(revokes(&scene, CLIENT, &tokens.access_token).await, Ok(()));
    }
    scene.clock.advance(300);
    assert_eq!(revokes(&scene, CLIENT, &tokens.access_token).await, Ok(()));
    assert!(scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[]).await.is_ok());
}

#[tokio::test]
async fn a_request_without_a_token_is_refused() {
    let scene = Scene::new().await;
    let answer = scene.engine.revoke(Some(basic(CLIENT).as_str()), &params(&[])).await;
    assert_eq!(refusal(answer), ErrorCode::InvalidRequest);
}
