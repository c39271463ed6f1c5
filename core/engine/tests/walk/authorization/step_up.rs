//! Stepping up: a stronger ACR asked of who is signed in (RFC 9470; OpenID Connect Core 5.5.1.1).

use crate::world::{BOB, CLIENT, Parts, Scene, Told, authenticated, broken, first_party, two_factors};
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::{AfterAuthenticationDecision, AuthenticateDecision, SelectAcrDecision};
use gatewright_engine::authorization::{PageKind, PageToShow, Step};
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, word};
use gatewright_testing::signing::claims_of;
use serde_json::{Map, Value, json};

async fn scene(policy: FixedPolicy) -> Scene {
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    scene
}

async fn id_claims(scene: &Scene, code: &str) -> Map<String, Value> {
    claims_of(&scene.redeems(CLIENT, code).await.unwrap().id_token.unwrap())
}

fn title(page: PageToShow) -> String {
    match page {
        PageToShow::Form(form) => form.title,
        page => panic!("{page:?}"),
    }
}

#[tokio::test]
async fn select_acr_asks_a_weaker_session_for_more_and_the_end_user_stays_the_same() {
    let policy = two_factors().on_select_acr(|input| {
        let payments = input.login.scope.iter().any(|value| value == "email");
        Ok(if payments { SelectAcrDecision::Use(vec![word("otp")]) } else { SelectAcrDecision::Pass })
    });
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    let weak = visitor.completes("").await;
    let weak = id_claims(&scene, weak.code()).await;
    scene.clock.advance(60);

    let asked = visitor.asks("scope=openid+email").await;
    let shown = visitor.sees(&asked).await;
    assert_eq!(title(shown.page), "One-time code");
    assert_eq!(shown.user.unwrap().subject.as_str(), SUBJECT, "the page says who is to step up");
    let strong = visitor.signs_in(&asked).await;
    let strong = id_claims(&scene, strong.code()).await;
    assert_eq!((&weak["acr"], &weak["amr"]), (&json!("pwd"), &json!(["pwd"])));
    assert_eq!((&strong["acr"], &strong["amr"]), (&json!("otp"), &json!(["pwd", "otp"])));
    assert_eq!((&weak["sub"], &weak["sid"]), (&strong["sub"], &strong["sid"]));
    assert_eq!(strong["auth_time"].as_i64().unwrap(), weak["auth_time"].as_i64().unwrap() + 60);

    assert!(visitor.asks("scope=openid+email").await.parameter("code").is_some(), "it is asked for once");
    assert!(visitor.asks("").await.parameter("code").is_some(), "and a strong session is enough for less");
}

#[tokio::test]
async fn acr_values_step_up_without_a_policy() {
    let scene = scene(two_factors()).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("acr_values=otp&prompt=none").await.error(), "login_required");
    let asked = visitor.asks("acr_values=otp").await;
    assert_eq!(title(visitor.sees(&asked).await.page), "One-time code");
    let code = visitor.signs_in(&asked).await;
    assert_eq!(id_claims(&scene, code.code()).await["acr"], "otp");
}

#[tokio::test]
async fn after_authentication_steps_up_on_a_fresh_session_and_on_a_live_one() {
    let policy = two_factors().on_after_authentication(|input| {
        let level = input.login.session.as_ref().map_or(0, |session| session.level);
        let risky = input.login.client.id == CLIENT && level < 20;
        Ok(if risky {
            AfterAuthenticationDecision::StepUp { acr: word("otp") }
        } else {
            AfterAuthenticationDecision::Proceed
        })
    });
    let scene = scene(policy).await;
    scene.registers(first_party("calm")).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    assert_eq!(title(visitor.sees(&asked).await.page), "Sign in");
    let more = visitor.signs_in(&asked).await;
    assert_eq!(title(visitor.sees(&more).await.page), "One-time code");
    let code = visitor.signs_in(&more).await;
    assert_eq!(id_claims(&scene, code.code()).await["amr"], json!(["pwd", "otp"]));

    let mut other = scene.visitor();
    other.completes("client_id=calm").await;
    assert_eq!(other.asks("prompt=none").await.error(), "login_required", "a step-up needs a page");
    let asked = other.asks("").await;
    assert_eq!(title(other.sees(&asked).await.page), "One-time code");
}

#[tokio::test]
async fn a_step_up_that_is_reached_already_asks_for_nothing() {
    let policy =
        two_factors().on_after_authentication(|_| Ok(AfterAuthenticationDecision::StepUp { acr: word("otp") }));
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("acr_values=otp").await;
    assert!(visitor.signs_in(&asked).await.parameter("code").is_some());
}

#[tokio::test]
async fn a_step_up_to_what_the_bundle_does_not_reach_is_denied() {
    let policy =
        two_factors().on_after_authentication(|_| Ok(AfterAuthenticationDecision::StepUp { acr: word("retina") }));
    let scene = scene(policy).await;
    assert_eq!(scene.visitor().completes("").await.error(), "access_denied");
}

#[tokio::test]
async fn another_end_user_does_not_come_out_of_a_step_up() {
    let policy = FixedPolicy::new().on_authenticate(|input, _| {
        let subject = if input.acr == "pwd" { SUBJECT } else { BOB };
        authenticated(word(subject))
    });
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    visitor.asks("").await;
    let cookie = visitor.browser.session_cookie.clone();
    assert_eq!(visitor.asks("acr_values=otp").await.error(), "access_denied");
    assert_eq!(visitor.browser.session_cookie, cookie, "nobody's session changed");
}

#[tokio::test]
async fn a_weaker_authentication_asked_for_anew_does_not_pass_for_the_stronger_one_before() {
    let scene = scene(two_factors()).await;
    for query in ["prompt=login&acr_values=pwd", "max_age=10&acr_values=pwd"] {
        let mut visitor = scene.visitor();
        visitor.completes("acr_values=otp").await;
        scene.clock.advance(60);
        let asked = visitor.asks(query).await;
        assert_eq!(title(visitor.sees(&asked).await.page), "Sign in", "{query}");
        let code = visitor.signs_in(&asked).await;
        let claims = id_claims(&scene, code.code()).await;
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("pwd"), &json!(["pwd"])), "{query}");
        assert_eq!(visitor.asks("acr_values=otp&prompt=none").await.error(), "login_required", "{query}");
    }
}

#[tokio::test]
async fn a_level_of_one_bundle_says_nothing_in_another() {
    let scene = scene(two_factors().with_digest("a")).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;

    // The session reached level 10; in the next bundle that number would be more than a one-time code.
    scene.policies.activate(two_factors().with_digest("b").with_acrs(&[("pwd", 1), ("otp", 2)]));
    assert!(visitor.asks("prompt=none").await.parameter("code").is_some(), "the ACR is known still");
    let asked = visitor.asks("acr_values=otp").await;
    assert_eq!(title(visitor.sees(&asked).await.page), "One-time code");

    scene.policies.activate(two_factors().with_digest("c").with_acrs(&[("otp", 1)]));
    assert_eq!(visitor.asks("prompt=none").await.error(), "login_required", "its ACR is none any more");
}

#[tokio::test]
async fn a_fault_in_a_step_up_leaves_the_session_as_it_was() {
    let policy = FixedPolicy::new().on_authenticate(|input, _| match input.acr.as_str() {
        "pwd" => authenticated(word(SUBJECT)),
        _ => broken(),
    });
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    visitor.asks("").await;
    let denied = visitor.asks("acr_values=otp").await;
    assert_eq!(denied.error(), "access_denied");
    assert!(denied.fault.is_some());
    assert!(visitor.asks("prompt=none").await.parameter("code").is_some());
}

#[tokio::test]
async fn an_authentication_that_fails_is_denied_and_signs_nobody_in() {
    let policy = FixedPolicy::new().on_authenticate(|_, _| {
        Ok(FlowEnd::Decided(AuthenticateDecision::Fail { reason: "too many attempts".to_owned() }))
    });
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    let outcome = visitor.asks("").await;
    assert_eq!(outcome.error(), "access_denied");
    assert_eq!(outcome.parameter("error_description"), Some("too many attempts"));
    assert!(matches!(outcome.step, Step::Respond(_)) && outcome.cookies.is_empty());
    assert_ne!(outcome.page(), Some(PageKind::SignIn));
}
