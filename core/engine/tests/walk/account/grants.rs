//! Ending sessions, and what clients may do.

use super::{alice, form, scene, seen};
use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, Visitor, client, refusal};
use gatewright_engine::account::{Change, EndedOwn, Trip};
use gatewright_engine::authorization::PageKind;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::token::TokenResponse;

/// Whether it was this browser's own.
async fn ends(scene: &Scene, visitor: &Visitor<'_>, id: &str) -> Change<bool> {
    let mut token = String::new();
    match scene.engine.end_own_session(form(scene, visitor, &mut token).await, id).await.unwrap() {
        Change::Done(ended) => Change::Done(matches!(ended, EndedOwn::Here(_))),
        Change::Gone => Change::Gone,
        other => panic!("{other:?}"),
    }
}

async fn disconnects(scene: &Scene, visitor: &Visitor<'_>, client: &str) -> Change {
    let mut token = String::new();
    scene.engine.disconnect(form(scene, visitor, &mut token).await, client).await.unwrap()
}

async fn granted(scene: &Scene, visitor: &mut Visitor<'_>, client: &str, query: &str) -> TokenResponse {
    let code = visitor.completes(&format!("client_id={client}&{query}")).await.code().to_owned();
    scene.redeems(client, &code).await.unwrap()
}

#[tokio::test]
async fn an_ended_session_signs_nobody_in_and_what_began_in_it_is_dead() {
    let scene = scene().await;
    let mut elsewhere = alice(&scene).await;
    let tokens = granted(&scene, &mut elsewhere, CLIENT, "scope=openid").await;
    let offline = granted(&scene, &mut elsewhere, CLIENT, "scope=openid+offline_access&prompt=consent").await;
    let visitor = alice(&scene).await;
    let sessions = seen(&scene, &visitor).await.sessions;
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|line| !line.is_this).unwrap();
    assert_eq!(ends(&scene, &visitor, other.id.as_str()).await, Change::Done(false));
    assert_eq!(ends(&scene, &visitor, other.id.as_str()).await, Change::Gone);
    assert_eq!(elsewhere.asks("prompt=none").await.error(), "login_required");
    assert!(!scene.lives(&tokens.access_token).await);
    let refreshed = scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[]).await;
    assert_eq!(refusal(refreshed), ErrorCode::InvalidGrant);
    assert!(scene.lives(&offline.access_token).await, "as with logout, offline access outlives the session");
}

#[tokio::test]
async fn ending_this_browsers_own_session_signs_out() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    let own = seen(&scene, &visitor).await.sessions[0].id.clone();
    assert_eq!(ends(&scene, &visitor, own.as_str()).await, Change::Done(true));
    assert!(scene.engine.overview(&visitor.browser).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_of_another_end_user_answers_as_one_that_is_not_there() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    let mut bob = scene.visitor();
    let asked = bob.travels(Trip::SignIn).await;
    bob.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let his = seen(&scene, &bob).await.sessions[0].id.clone();
    for id in [his.as_str(), "unknown", "", &"x".repeat(5_000)] {
        assert_eq!(ends(&scene, &visitor, id).await, Change::Gone, "{id}");
    }
    assert!(scene.engine.overview(&bob.browser).await.unwrap().is_some());
}

#[tokio::test]
async fn a_disconnected_client_has_nothing_left_and_asks_again() {
    let scene = scene().await;
    scene.registers(client("other")).await;
    let mut visitor = alice(&scene).await;
    let tokens = granted(&scene, &mut visitor, CLIENT, "scope=openid").await;
    let offline = granted(&scene, &mut visitor, CLIENT, "scope=openid+offline_access&prompt=consent").await;
    let others = granted(&scene, &mut visitor, "other", "scope=openid").await;
    let on_its_way = visitor.completes("").await.code().to_owned();
    assert_eq!(disconnects(&scene, &visitor, CLIENT).await, Change::Done(()));
    for dead in [&tokens, &offline] {
        assert!(!scene.lives(&dead.access_token).await);
        let refreshed = scene.refreshes(CLIENT, dead.refresh_token.as_ref().unwrap(), &[]).await;
        assert_eq!(refusal(refreshed), ErrorCode::InvalidGrant);
    }
    assert_eq!(refusal(scene.redeems(CLIENT, &on_its_way).await), ErrorCode::InvalidGrant);
    assert_eq!(visitor.asks("").await.page(), Some(PageKind::Consent));
    assert!(scene.lives(&others.access_token).await, "another client is not touched");
    assert!(seen(&scene, &visitor).await.clients.iter().all(|connected| connected.client.id.as_str() != CLIENT));
    assert_eq!(disconnects(&scene, &visitor, CLIENT).await, Change::Gone);
}

#[tokio::test]
async fn a_client_that_has_nothing_answers_as_one_that_is_not_there() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    let mut bob = scene.visitor();
    let asked = bob.asks("").await;
    let asked = bob.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let code = bob.presses(&asked, "allow").await.code().to_owned();
    let his = scene.redeems(CLIENT, &code).await.unwrap();
    for id in [CLIENT, "unknown", "", "a\u{0}b", &"x".repeat(5_000)] {
        assert_eq!(disconnects(&scene, &visitor, id).await, Change::Gone, "{id:?}");
    }
    assert!(scene.lives(&his.access_token).await, "what another end-user granted stays");
}
