//! Every change is written down, with where it came from; what was not changed is not.

use super::{alice, enrols, form, scene, seen};
use crate::world::CLIENT;
use gatewright_domain::hooks::Origin;
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_engine::account::{EVENTS_SHOWN_MAX, Trip};
use gatewright_testing::samples::{SUBJECT, word};

#[tokio::test]
async fn every_change_is_written_down_with_its_address() {
    let scene = scene().await;
    let elsewhere = alice(&scene).await;
    let mut visitor = alice(&scene).await;
    visitor.completes("").await;
    enrols(&scene, SUBJECT, "totp").await;
    let asked = visitor.travels(Trip::StepUp).await;
    visitor.completes_from(asked).await;
    visitor.browser.origin = Origin { ip: "192.0.2.7".to_owned(), user_agent: None };
    let (engine, factor) = (&scene.engine, format!("{SUBJECT}-totp"));
    let other = seen(&scene, &elsewhere).await.sessions.into_iter().find(|line| line.is_this).unwrap();
    let mut token = String::new();
    let form = form(&scene, &visitor, &mut token).await;
    for _ in 0..2 {
        engine.rename_factor(form, &factor, "phone").await.unwrap();
        engine.end_own_session(form, other.id.as_str()).await.unwrap();
        engine.disconnect(form, CLIENT).await.unwrap();
    }
    engine.renew_recovery_codes(form).await.unwrap();
    for _ in 0..2 {
        engine.remove_factor(form, &factor).await.unwrap();
    }
    let events = seen(&scene, &visitor).await.events;
    assert!(events.iter().all(|event| event.address == "192.0.2.7".parse().ok()), "{events:?}");
    let (kind, label) = (word("totp"), "phone".to_owned());
    let expected = [
        SecurityEventKind::FactorRenamed { kind: word("totp"), label: label.clone() },
        SecurityEventKind::SessionEnded { user_agent: None },
        SecurityEventKind::ClientDisconnected {
            name: gatewright_testing::samples::client(CLIENT).display_name().into(),
        },
        SecurityEventKind::RecoveryCodesRenewed,
        SecurityEventKind::FactorRemoved { kind, label },
    ];
    assert_eq!(events.len(), expected.len(), "{events:?}");
    for kind in expected {
        assert!(events.iter().any(|event| event.kind == kind), "{kind:?} in {events:?}");
    }
}

#[tokio::test]
async fn the_page_shows_the_latest_events_and_no_more_than_have_room() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    enrols(&scene, SUBJECT, "other").await;
    for number in 0..=EVENTS_SHOWN_MAX {
        scene.clock.advance(1);
        let mut token = String::new();
        let form = form(&scene, &visitor, &mut token).await;
        scene.engine.rename_factor(form, &format!("{SUBJECT}-other"), &format!("name {number}")).await.unwrap();
    }
    let events = seen(&scene, &visitor).await.events;
    assert_eq!(events.len(), EVENTS_SHOWN_MAX);
    let newest = SecurityEventKind::FactorRenamed { kind: word("other"), label: format!("name {EVENTS_SHOWN_MAX}") };
    assert_eq!(events[0].kind, newest);
}
