//! Factors and recovery codes: changed by a session that is fresh and as strong as the account can be.

use super::{alice, enrols, form, scene, seen};
use crate::world::{BOB, Scene, Visitor};
use gatewright_domain::factor::LABEL_CHARS_MAX;
use gatewright_engine::account::{AccountForm, Change, FRESH_S, Trip};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::samples::SUBJECT;

/// What removing the factor of that name comes to.
async fn removes(scene: &Scene, visitor: &Visitor<'_>, id: &str) -> Change {
    let mut token = String::new();
    scene.engine.remove_factor(form(scene, visitor, &mut token).await, id).await.unwrap()
}

async fn renames(scene: &Scene, visitor: &Visitor<'_>, id: &str, label: &str) -> Change {
    let mut token = String::new();
    scene.engine.rename_factor(form(scene, visitor, &mut token).await, id, label).await.unwrap()
}

async fn steps_up(visitor: &mut Visitor<'_>) {
    let asked = visitor.travels(Trip::StepUp).await;
    visitor.completes_from(asked).await;
}

#[tokio::test]
async fn the_last_factor_is_removed_by_whoever_proves_it_first() {
    let scene = scene().await;
    let mut visitor = alice(&scene).await;
    enrols(&scene, SUBJECT, "totp").await;
    let factor = format!("{SUBJECT}-totp");
    assert_eq!(removes(&scene, &visitor, &factor).await, Change::StepUpNeeded);
    assert_eq!(seen(&scene, &visitor).await.factors.len(), 1);
    steps_up(&mut visitor).await;
    assert_eq!(removes(&scene, &visitor, &factor).await, Change::Done(()));
    assert!(seen(&scene, &visitor).await.factors.is_empty());
    assert_eq!(removes(&scene, &visitor, &factor).await, Change::Gone, "a second time there is none");
}

#[tokio::test]
async fn a_session_that_is_no_longer_fresh_changes_nothing() {
    let scene = scene().await;
    let mut visitor = alice(&scene).await;
    enrols(&scene, SUBJECT, "totp").await;
    steps_up(&mut visitor).await;
    let factor = format!("{SUBJECT}-totp");
    scene.clock.advance(FRESH_S as i64);
    assert_eq!(renames(&scene, &visitor, &factor, "new").await, Change::Done(()));
    scene.clock.advance(1);
    let mut token = String::new();
    assert_eq!(renames(&scene, &visitor, &factor, "newer").await, Change::StepUpNeeded);
    assert_eq!(removes(&scene, &visitor, &factor).await, Change::StepUpNeeded);
    let renewed = scene.engine.renew_recovery_codes(form(&scene, &visitor, &mut token).await).await.unwrap();
    assert!(matches!(renewed, Change::StepUpNeeded));
    assert_eq!(scene.engine.may_change_factors(&visitor.browser).await.unwrap(), Change::StepUpNeeded);
    steps_up(&mut visitor).await;
    assert_eq!(scene.engine.may_change_factors(&visitor.browser).await.unwrap(), Change::Done(()));
}

#[tokio::test]
async fn a_factor_of_another_end_user_answers_as_one_that_is_not_there() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    enrols(&scene, BOB, "totp").await;
    for id in [&format!("{BOB}-totp"), "unknown", "", "a b", &"x".repeat(5_000)] {
        assert_eq!(removes(&scene, &visitor, id).await, Change::Gone, "{id}");
        assert_eq!(renames(&scene, &visitor, id, "mine").await, Change::Gone, "{id}");
        assert!(matches!(scene.engine.own_factor(id, &visitor.browser).await.unwrap(), Change::Gone), "{id}");
    }
    let bobs = scene.stores.factors.list(&gatewright_testing::samples::word(BOB)).await.unwrap();
    assert_eq!(bobs[0].label, "my totp");
}

#[tokio::test]
async fn a_factor_is_called_what_its_end_user_calls_it() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    enrols(&scene, SUBJECT, "other").await;
    let factor = format!("{SUBJECT}-other");
    let most = "ü".repeat(LABEL_CHARS_MAX);
    let table = [
        ("  work phone ", Change::Done(()), "work phone"),
        ("   ", Change::Unfit, "work phone"),
        ("a\nb", Change::Unfit, "work phone"),
        (&format!("{most}x"), Change::Unfit, "work phone"),
        (&most, Change::Done(()), &most),
        (&most, Change::Done(()), &most),
    ];
    for (typed, comes_to, label) in table {
        assert_eq!(renames(&scene, &visitor, &factor, typed).await, comes_to, "{typed:?}");
        assert_eq!(seen(&scene, &visitor).await.factors[0].label, label);
    }
}

#[tokio::test]
async fn a_form_that_no_page_of_this_session_carried_changes_nothing() {
    let scene = scene().await;
    enrols(&scene, SUBJECT, "other").await;
    let (visitor, elsewhere) = (alice(&scene).await, alice(&scene).await);
    let factor = format!("{SUBJECT}-other");
    let others = seen(&scene, &elsewhere).await.token;
    for token in ["", "made-up", &others] {
        let form = AccountForm { browser: &visitor.browser, token };
        let foreign =
            |came: Result<Change, WalkError>| matches!(came, Err(WalkError::Direct(DirectError::ForeignAnswer)));
        assert!(foreign(scene.engine.remove_factor(form, &factor).await), "{token}");
        assert!(foreign(scene.engine.rename_factor(form, &factor, "x").await), "{token}");
        assert!(foreign(scene.engine.disconnect(form, "c1").await), "{token}");
        assert!(scene.engine.renew_recovery_codes(form).await.is_err(), "{token}");
        assert!(scene.engine.end_own_session(form, "s").await.is_err(), "{token}");
        assert!(scene.engine.enrolment(form, "otp").await.is_err(), "{token}");
    }
    assert_eq!(seen(&scene, &visitor).await.factors[0].label, "my other");
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_sees_or_changes_anything() {
    let scene = scene().await;
    let stranger = scene.visitor();
    let form = AccountForm { browser: &stranger.browser, token: "" };
    assert!(scene.engine.overview(&stranger.browser).await.unwrap().is_none());
    assert_eq!(scene.engine.remove_factor(form, "f").await.unwrap(), Change::SignInNeeded);
    assert_eq!(scene.engine.rename_factor(form, "f", "x").await.unwrap(), Change::SignInNeeded);
    assert!(matches!(scene.engine.renew_recovery_codes(form).await.unwrap(), Change::SignInNeeded));
    assert_eq!(scene.engine.end_own_session(form, "s").await.unwrap(), Change::SignInNeeded);
    assert_eq!(scene.engine.disconnect(form, "c1").await.unwrap(), Change::SignInNeeded);
    assert_eq!(scene.engine.may_change_factors(&stranger.browser).await.unwrap(), Change::SignInNeeded);
}

#[tokio::test]
async fn an_account_that_was_disabled_has_no_page_any_more() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    scene.accounts.disable(SUBJECT);
    assert!(scene.engine.overview(&visitor.browser).await.unwrap().is_none());
}

#[tokio::test]
async fn recovery_codes_are_renewed_and_counted() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    assert_eq!(seen(&scene, &visitor).await.recovery, Some(0));
    let mut token = String::new();
    let form = form(&scene, &visitor, &mut token).await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let Change::Done(set) = scene.engine.renew_recovery_codes(form).await.unwrap() else { panic!("not renewed") };
        codes.push(set[0].expose().to_owned());
    }
    assert_ne!(codes[0], codes[1]);
    assert_eq!(seen(&scene, &visitor).await.recovery, Some(10));
}

#[tokio::test]
async fn only_a_method_that_enrols_is_set_out_for() {
    let scene = scene().await;
    let visitor = alice(&scene).await;
    let mut token = String::new();
    let form = form(&scene, &visitor, &mut token).await;
    let otp = Trip::Enrol { acr: gatewright_testing::samples::word("otp") };
    for (acr, comes_to) in
        [("otp", Change::Done(otp)), ("pwd", Change::Gone), ("nope", Change::Gone), ("", Change::Gone)]
    {
        assert_eq!(scene.engine.enrolment(form, acr).await.unwrap(), comes_to, "{acr}");
    }
}
