//! Trips of the account page: the walk of a client that only the engine knows, and what a factor is enrolled on.

use crate::world::{Parts, Scene, Told as _, Visitor, two_factors};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::Factor;
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::{AfterAuthenticationDecision, AuthenticateDecision, Enrolment, SelectAcrDecision};
use gatewright_domain::session::Session;
use gatewright_engine::account::{ACCOUNT_CLIENT, FRESH_S, Trip};
use gatewright_engine::authorization::{Outcome, PageToShow, Step};
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, word};
use std::sync::{Arc, Mutex};

/// What a method was told: the ACR, what is proven, whether it may enrol.
type Told = (String, Vec<String>, Enrolment);

/// `pwd` by password; `otp` by a code, for whoever has a factor of the kind `totp`.
fn policy() -> FixedPolicy {
    two_factors().asking_factor("otp", "totp")
}

async fn scene(policy: FixedPolicy) -> Scene {
    Parts::under(policy).built().await
}

async fn enrols(scene: &Scene, kind: &str) {
    let factor = Factor {
        id: word(kind),
        subject: word(SUBJECT),
        kind: word(kind),
        label: "phone".to_owned(),
        reference: None,
        sealed: String::new(),
        version: 0,
        created_at: Timestamp(1),
        used_at: None,
        pending_until: None,
    };
    scene.stores.factors.add(&factor).await.unwrap().unwrap();
}

fn enrol() -> Trip {
    Trip::Enrol { acr: word("otp") }
}

async fn title(visitor: &Visitor<'_>, outcome: &Outcome) -> String {
    match visitor.sees(outcome).await.page {
        PageToShow::Form(form) => form.title,
        page => panic!("{page:?}"),
    }
}

async fn session_of(scene: &Scene, visitor: &Visitor<'_>) -> Option<Session> {
    scene.stores.sessions.find(&visitor.browser.session_hash().unwrap()).await.unwrap()
}

/// It leads back to the account page and carries nothing.
fn is_back(outcome: &Outcome) {
    let Step::Respond(response) = &outcome.step else { panic!("{:?}", outcome.step) };
    let location = response.location().unwrap();
    assert!(location.contains("/account/return?") && location.contains("state=there"), "{location}");
    assert!(outcome.parameter("code").is_none() && outcome.parameter("error").is_none(), "{location}");
}

#[tokio::test]
async fn a_trip_signs_in_and_leads_back_without_a_code() {
    let scene = scene(policy()).await;
    let mut visitor = scene.visitor();
    let asked = visitor.travels(Trip::SignIn).await;
    let back = visitor.signs_in(&asked).await;
    is_back(&back);
    is_back(&visitor.travels(Trip::SignIn).await);
}

#[tokio::test]
async fn nobody_asks_for_authorization_in_the_name_of_the_account_page() {
    let scene = scene(policy()).await;
    let error = scene.visitor().tries(&format!("client_id={ACCOUNT_CLIENT}")).await.unwrap_err();
    assert!(format!("{error:?}").contains("UnknownClient"), "{error:?}");
}

#[tokio::test]
async fn a_factor_is_enrolled_by_whoever_signed_in_just_now() {
    let scene = scene(policy()).await;
    let mut visitor = scene.visitor();
    let asked = visitor.travels(enrol()).await;
    assert_eq!(title(&visitor, &asked).await, "Sign in");
    let enrolling = visitor.signs_in(&asked).await;
    assert_eq!(title(&visitor, &enrolling).await, "One-time code");
    is_back(&visitor.signs_in(&enrolling).await);

    let again = visitor.travels(enrol()).await;
    assert_eq!(title(&visitor, &again).await, "One-time code", "who did so just now is not asked again");
    scene.clock.advance(FRESH_S as i64 + 1);
    let later = visitor.travels(enrol()).await;
    assert_eq!(title(&visitor, &later).await, "Sign in", "a session that is old is");
}

#[tokio::test]
async fn who_has_a_factor_proves_it_before_anything_is_changed() {
    let scene = scene(policy()).await;
    let mut visitor = scene.visitor();
    let asked = visitor.travels(Trip::SignIn).await;
    is_back(&visitor.signs_in(&asked).await);
    is_back(&visitor.travels(Trip::StepUp).await);
    enrols(&scene, "totp").await;
    let code = visitor.travels(Trip::StepUp).await;
    assert_eq!(title(&visitor, &code).await, "One-time code");
    is_back(&visitor.signs_in(&code).await);
    is_back(&visitor.travels(Trip::StepUp).await);
}

#[tokio::test]
async fn a_factor_that_no_method_asks_for_does_not_strengthen() {
    let scene = scene(policy()).await;
    enrols(&scene, "recovery").await;
    let mut visitor = scene.visitor();
    let asked = visitor.travels(Trip::StepUp).await;
    is_back(&visitor.signs_in(&asked).await);
}

#[tokio::test]
async fn enrolling_leaves_the_session_as_strong_as_it_was() {
    let policy = two_factors().with_acrs(&[("pwd", 10), ("otp", 20), ("key", 30)]).asking_factor("otp", "totp");
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    let strong = visitor.asks("acr_values=key").await;
    visitor.completes_from(strong).await;
    let before = session_of(&scene, &visitor).await;
    let enrolling = visitor.travels(enrol()).await;
    is_back(&visitor.signs_in(&enrolling).await);
    assert_eq!(session_of(&scene, &visitor).await, before);
}

#[tokio::test]
async fn a_method_is_told_what_is_proven_and_whether_it_may_enrol() {
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let heard = told.clone();
    let policy = FixedPolicy::new()
        .on_authenticate(move |input, _| {
            heard.lock().unwrap().push((input.acr.clone(), input.proven.clone(), input.enrolment));
            let amr = vec![word(&input.acr)];
            Ok(FlowEnd::Decided(AuthenticateDecision::Authenticated { subject: word(SUBJECT), amr }))
        })
        .on_select_acr(|input| match input.login.scope.iter().any(|value| value == "email") {
            true => Ok(SelectAcrDecision::Enrol(vec![word("otp")])),
            false => Ok(SelectAcrDecision::Pass),
        });
    let scene = scene(policy).await;
    scene.registers(crate::world::first_party(crate::world::CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    visitor.completes("scope=openid+email").await;
    visitor.travels(enrol()).await;
    visitor.completes("prompt=login").await;
    let one = |acr: &str, proven: &[&str], enrolment| {
        (acr.to_owned(), proven.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), enrolment)
    };
    let expected = [
        one("pwd", &[], Enrolment::Closed),
        one("otp", &["pwd"], Enrolment::Open),
        one("otp", &["pwd", "otp"], Enrolment::Demanded),
        one("pwd", &[], Enrolment::Closed),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[tokio::test]
async fn select_acr_is_told_what_the_sessions_end_user_has() {
    let told: Arc<Mutex<Vec<Vec<Option<bool>>>>> = Arc::default();
    let heard = told.clone();
    let policy = policy().on_select_acr(move |input| {
        heard.lock().unwrap().push(input.available.iter().map(|view| view.enrolled).collect());
        Ok(SelectAcrDecision::Pass)
    });
    let scene = scene(policy).await;
    scene.registers(crate::world::first_party(crate::world::CLIENT)).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    visitor.asks("").await;
    enrols(&scene, "totp").await;
    visitor.asks("").await;
    let said: Vec<_> = told.lock().unwrap().iter().map(|enrolled| enrolled[..2].to_vec()).collect();
    assert_eq!(said, [[None, None], [None, Some(false)], [None, Some(true)]]);
}

#[tokio::test]
async fn a_policy_that_refuses_a_trip_is_obeyed() {
    let policy = policy().on_after_authentication(|input| {
        assert_eq!(input.login.client.id, ACCOUNT_CLIENT);
        Ok(AfterAuthenticationDecision::Deny { reason: "not from here".to_owned() })
    });
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    let asked = visitor.travels(enrol()).await;
    assert_eq!(visitor.signs_in(&asked).await.error(), "access_denied");
}
