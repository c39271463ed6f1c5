//! Client authentication by secret, and by none (RFC 6749 2.3, OpenID Connect Core 9).

use crate::world::{CLIENT, Scene, basic, client, params, refusal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::error::ErrorCode;
use gatewright_testing::samples::CLIENT_SECRET;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

type Form<'f> = &'f [(&'f str, &'f str)];

fn header(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

async fn scene() -> Scene {
    let scene = Scene::new().await;
    let secret = TokenHash::of(CLIENT_SECRET);
    scene
        .registers(Client { authentication: ClientAuthentication::ClientSecretPost { secret }, ..client("post") })
        .await;
    scene.registers(Client { authentication: ClientAuthentication::None {}, ..client("spa") }).await;
    scene
}

#[tokio::test]
async fn a_client_authenticates_by_the_method_it_registered() {
    let scene = scene().await;
    let by_post = params(&[GRANT, ("client_id", "post"), ("client_secret", CLIENT_SECRET)]);
    assert!(scene.engine.token(Some(basic(CLIENT).as_str()), &params(&[GRANT])).await.is_ok());
    assert!(scene.engine.token(None, &by_post).await.is_ok());
    let revoke = params(&[("client_id", "spa"), ("token", "x")]);
    assert!(scene.engine.revoke(None, &revoke).await.is_ok());
}

#[tokio::test]
async fn a_client_is_refused_by_any_other_method_or_secret() {
    let scene = scene().await;
    let rows: [(Option<String>, Form<'_>, ErrorCode); 11] = [
        (Some(header(CLIENT, "guess")), &[GRANT], ErrorCode::InvalidClient),
        (Some(header("nobody", CLIENT_SECRET)), &[GRANT], ErrorCode::InvalidClient),
        (Some(header("post", CLIENT_SECRET)), &[GRANT], ErrorCode::InvalidClient),
        (Some(header("spa", CLIENT_SECRET)), &[GRANT], ErrorCode::InvalidClient),
        (Some(header(CLIENT, "")), &[GRANT], ErrorCode::InvalidClient),
        (Some("Bearer x".to_owned()), &[GRANT], ErrorCode::InvalidClient),
        (Some(basic(CLIENT)), &[GRANT, ("client_id", "post")], ErrorCode::InvalidClient),
        (None, &[GRANT, ("client_id", CLIENT), ("client_secret", CLIENT_SECRET)], ErrorCode::InvalidClient),
        (None, &[GRANT, ("client_id", CLIENT)], ErrorCode::InvalidClient),
        (None, &[GRANT], ErrorCode::InvalidClient),
        (Some(basic(CLIENT)), &[GRANT, ("client_secret", CLIENT_SECRET)], ErrorCode::InvalidRequest),
    ];
    for (header, form, expected) in rows {
        let answer = scene.engine.token(header.as_deref(), &params(form)).await;
        assert_eq!(refusal(answer), expected, "{header:?} {form:?}");
    }
}

#[tokio::test]
async fn an_unknown_client_and_a_wrong_secret_are_answered_alike() {
    let scene = scene().await;
    let said = async |id: &str, secret: &str| {
        scene.engine.token(Some(header(id, secret).as_str()), &params(&[GRANT])).await.unwrap_err().refusal()
    };
    assert_eq!(said("nobody", "x").await, said(CLIENT, "x").await);
    assert_eq!(said("nobody", "x").await, said("post", CLIENT_SECRET).await);
}

#[tokio::test]
async fn authentication_comes_before_anything_of_the_request_is_judged() {
    let scene = scene().await;
    let code = scene.code("").await;
    let form =
        params(&[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", crate::world::REDIRECT_URI)]);
    let answer = scene.engine.token(Some(header(CLIENT, "guess").as_str()), &form).await;
    assert_eq!(refusal(answer), ErrorCode::InvalidClient);
    assert!(scene.redeems(CLIENT, &code).await.is_ok());
    assert_eq!(refusal(scene.engine.introspect(None, &params(&[("token", "x")])).await), ErrorCode::InvalidClient);
    assert_eq!(refusal(scene.engine.revoke(None, &params(&[("token", "x")])).await), ErrorCode::InvalidClient);
}
