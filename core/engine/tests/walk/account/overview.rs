//! What the page shows.

use super::{alice, enrols, scene, seen};
use crate::world::{BOB, CLIENT, Told, client, first_party};
use gatewright_domain::clock::Clock;
use gatewright_domain::hooks::Origin;
use gatewright_engine::account::Trip;
use gatewright_testing::samples::{SUBJECT, scope};

#[tokio::test]
async fn factors_are_shown_without_recovery_codes_and_those_of_nobody_else() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    let before = seen(&scene, &visitor).await;
    assert_eq!((before.user.username.as_str(), before.factors.len()), ("alice", 0));
    let offered: Vec<_> = before.enrollable.iter().map(|method| (method.acr.as_str(), method.enrolled)).collect();
    assert_eq!(offered, [("otp", false)]);
    for (subject, kind) in [(SUBJECT, "totp"), (SUBJECT, "recovery"), (BOB, "totp")] {
        enrols(&scene, subject, kind).await;
    }
    let after = seen(&scene, &visitor).await;
    let labels: Vec<_> = after.factors.iter().map(|factor| factor.label.as_str()).collect();
    assert_eq!(labels, ["my totp"]);
    assert!(after.enrollable[0].enrolled);
}

#[tokio::test]
async fn a_session_is_shown_with_its_device_and_which_is_this_one() {
    let scene = scene().await;
    let mut elsewhere = scene.visitor();
    elsewhere.browser.origin = Origin { ip: "2001:db8::9".to_owned(), user_agent: Some("Phone/1".to_owned()) };
    let asked = elsewhere.travels(Trip::SignIn).await;
    elsewhere.signs_in(&asked).await;
    scene.clock.advance(5);
    let visitor = alice(&scene).await;
    let sessions = seen(&scene, &visitor).await.sessions;
    assert_eq!(sessions.iter().map(|line| line.is_this).collect::<Vec<_>>(), [true, false]);
    assert_eq!((sessions[0].address, sessions[0].user_agent.as_deref()), (None, None));
    assert_eq!(sessions[1].address, "2001:db8::9".parse().ok());
    assert_eq!(sessions[1].user_agent.as_deref(), Some("Phone/1"));
    assert_eq!(sessions[0].auth_time, sessions[1].auth_time.plus(5));
}

#[tokio::test]
async fn a_client_is_connected_by_consent_or_by_tokens_that_live() {
    let scene = scene().await;
    scene.registers(client("asked")).await;
    scene.registers(first_party("own")).await;
    let mut visitor = alice(&scene).await;
    visitor.completes("client_id=asked&scope=openid+email").await;
    let code = visitor.completes("client_id=own&scope=openid+profile").await;
    scene.redeems("own", code.code()).await.unwrap();
    let now = scene.clock.now();
    let clients = seen(&scene, &visitor).await.clients;
    let lines: Vec<_> = clients
        .iter()
        .map(|line| (line.client.id.as_str(), line.scope.clone(), line.allowed_at, line.signed_in_at))
        .collect();
    let expected =
        [("asked", scope("openid email"), Some(now), None), ("own", scope("openid profile"), None, Some(now))];
    assert_eq!(lines, expected);
    assert!(lines.iter().all(|line| line.0 != CLIENT));
}
