//! The session that an authentication begins (RFC 9700 4.15; OpenID Connect Core 3.1.2.3).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, first_party};
use gatewright_engine::authorization::PageKind;
use gatewright_testing::samples::SUBJECT;
use gatewright_testing::signing::claims_of;
use serde_json::{Map, Value};

async fn id_claims(scene: &Scene, code: &str) -> Map<String, Value> {
    claims_of(&scene.redeems(CLIENT, code).await.unwrap().id_token.unwrap())
}

#[tokio::test]
async fn each_authentication_changes_the_session_cookie_and_ends_the_old_one() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.browser.session_cookie = Some("planted-by-an-attacker".to_owned());
    visitor.completes("").await;
    let first = visitor.browser.session_cookie.clone().unwrap();
    assert_ne!(first, "planted-by-an-attacker");

    visitor.completes("prompt=login").await;
    let second = visitor.browser.session_cookie.clone().unwrap();
    assert_ne!(first, second);

    let mut thief = scene.visitor();
    for stolen in [first, "planted-by-an-attacker".to_owned()] {
        thief.browser.session_cookie = Some(stolen);
        assert_eq!(thief.asks("prompt=none").await.error(), "login_required");
    }
    assert!(visitor.asks("prompt=none").await.parameter("code").is_some());
}

#[tokio::test]
async fn single_sign_on_keeps_the_session_and_its_auth_time() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let first = visitor.completes("").await;
    let first = id_claims(&scene, first.code()).await;
    let cookie = visitor.browser.session_cookie.clone();
    scene.clock.advance(100);
    let second = visitor.asks("").await;
    let second = id_claims(&scene, second.code()).await;
    for name in ["sub", "auth_time", "sid", "acr", "amr"] {
        assert_eq!(first[name], second[name], "{name}");
    }
    assert_eq!(second["iat"].as_i64().unwrap(), first["iat"].as_i64().unwrap() + 100);
    assert_eq!(visitor.browser.session_cookie, cookie);
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let lifetime = i64::try_from(scene.engine.settings().lifetimes.session_s).unwrap();
    scene.clock.advance(lifetime - 1);
    assert!(visitor.asks("prompt=none").await.parameter("code").is_some());
    scene.clock.advance(1);
    assert_eq!(visitor.asks("prompt=none").await.error(), "login_required");
    assert_eq!(visitor.asks("").await.page(), Some(PageKind::SignIn));
}

#[tokio::test]
async fn someone_else_in_the_same_browser_gets_a_session_of_their_own() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    let alices = visitor.completes("").await;
    let asked = visitor.asks("prompt=login").await;
    let bobs = visitor.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let (alices, bobs) = (id_claims(&scene, alices.code()).await, id_claims(&scene, bobs.code()).await);
    assert_eq!((&alices["sub"], &bobs["sub"]), (&SUBJECT.into(), &BOB.into()));
    assert_ne!(alices["sid"], bobs["sid"]);
}
