//! `max_age` and `default_max_age` (OpenID Connect Core 3.1.2.1, Registration 2).

use crate::world::{CLIENT, Scene, Told, client, first_party};
use gatewright_domain::client::{AuthenticationDefaults, Client};
use gatewright_engine::authorization::PageKind;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::signing::claims_of;

#[tokio::test]
async fn an_authentication_counts_until_it_is_older_than_max_age() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    scene.clock.advance(60);
    let young = visitor.asks("max_age=60").await;
    let claims = claims_of(&scene.redeems(CLIENT, young.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["auth_time"], DEFAULT_NOW.0);
    scene.clock.advance(1);
    assert_eq!(visitor.asks("max_age=60&prompt=none").await.error(), "login_required");
    assert_eq!(visitor.asks("max_age=60").await.page(), Some(PageKind::SignIn));
}

#[tokio::test]
async fn max_age_zero_asks_once_and_is_then_satisfied() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("max_age=0").await;
    assert_eq!(asked.page(), Some(PageKind::SignIn));
    assert!(visitor.signs_in(&asked).await.parameter("code").is_some());
    assert_eq!(visitor.asks("max_age=0").await.page(), Some(PageKind::SignIn));
}

#[tokio::test]
async fn the_clients_default_max_age_counts_where_the_request_names_none() {
    let scene = Scene::new().await;
    let authentication_defaults = AuthenticationDefaults { max_age_s: Some(30), ..AuthenticationDefaults::default() };
    scene.registers(Client { authentication_defaults, ..client(CLIENT) }).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    scene.clock.advance(31);
    assert_eq!(visitor.asks("").await.page(), Some(PageKind::SignIn));
    assert!(visitor.asks("max_age=60").await.parameter("code").is_some());
}
