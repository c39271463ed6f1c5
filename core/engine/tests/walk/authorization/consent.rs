//! Consent: asked, remembered, widened, refused (OpenID Connect Core 3.1.2.4).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, asking_password, first_party};
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::{AfterAuthenticationDecision, ConsentDecision};
use gatewright_domain::page::ConsentQuestion;
use gatewright_engine::authorization::{PageKind, PageToShow};
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, scope, word};
use gatewright_testing::signing::claims_of;

async fn remembered(scene: &Scene, subject: &str) -> Option<String> {
    let consent = scene.stores.consents.find(&word(subject), &word(CLIENT)).await.unwrap();
    consent.map(|consent| consent.scope.to_string())
}

/// The consent page for a scope and for claims by name.
fn asks_for(asked: &str, claims: &[&str]) -> PageToShow {
    let claims = claims.iter().map(|name| (*name).to_owned()).collect();
    PageToShow::Consent { question: ConsentQuestion { scope: scope(asked) }, claims }
}

/// A policy whose consent hook grants `granted`.
fn granting(granted: &'static str, remember: bool) -> FixedPolicy {
    asking_password()
        .on_consent(move |_, _| Ok(FlowEnd::Decided(ConsentDecision::Grant { scope: scope(granted), remember })))
}

#[tokio::test]
async fn consent_is_asked_once_and_then_remembered() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let asked = visitor.signs_in(&asked).await;
    let shown = visitor.sees(&asked).await;
    assert_eq!(shown.page, asks_for("openid profile", &[]));
    assert_eq!((shown.client.id.as_str(), shown.offers_other_account), (CLIENT, true));
    visitor.presses(&asked, "allow").await;
    assert_eq!(remembered(&scene, SUBJECT).await.as_deref(), Some("openid profile"));
    assert!(visitor.asks("").await.parameter("code").is_some());
    assert!(visitor.asks("scope=openid").await.parameter("code").is_some(), "less is covered");
    let mut elsewhere = scene.visitor();
    let asked = elsewhere.asks("").await;
    assert!(elsewhere.signs_in(&asked).await.parameter("code").is_some(), "it is the end-user's, not the browser's");
}

#[tokio::test]
async fn consent_to_more_is_asked_for_and_added() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("scope=openid+email").await;
    let shown = visitor.sees(&asked).await;
    assert_eq!(shown.page, asks_for("openid email", &[]));
    visitor.presses(&asked, "allow").await;
    assert!(visitor.asks("scope=openid+profile+email&prompt=none").await.parameter("code").is_some());
}

#[tokio::test]
async fn consent_that_was_refused_is_access_denied_and_asked_again() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let consent = visitor.signs_in(&asked).await;
    // Whatever is not "allow" refuses.
    let denied = visitor.presses(&consent, "deny").await;
    assert_eq!((denied.error(), denied.parameter("state")), ("access_denied", Some("s1")));
    let consent = visitor.asks("").await;
    assert_eq!(consent.page(), Some(PageKind::Consent));
    assert_eq!(visitor.answers(&consent, &[], None).await.error(), "access_denied");
    assert_eq!(remembered(&scene, SUBJECT).await, None);
}

#[tokio::test]
async fn a_refusal_leaves_what_was_allowed_before() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let asked = visitor.asks("scope=openid+email").await;
    visitor.presses(&asked, "deny").await;
    assert_eq!(remembered(&scene, SUBJECT).await.as_deref(), Some("openid profile"));
}

#[tokio::test]
async fn consent_that_expired_is_asked_again_and_does_not_come_back_with_the_next() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    scene.clock.advance(i64::try_from(scene.engine.settings().lifetimes.consent_s).unwrap());
    let outcome = visitor.completes("scope=openid").await;
    assert!(outcome.parameter("code").is_some());
    assert_eq!(remembered(&scene, SUBJECT).await.as_deref(), Some("openid"));
}

#[tokio::test]
async fn consent_to_one_client_is_none_to_another() {
    let scene = Scene::new().await;
    scene.registers(crate::world::client("other")).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("client_id=other").await.page(), Some(PageKind::Consent));
}

#[tokio::test]
async fn from_the_consent_page_someone_else_can_sign_in() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let alices = visitor.signs_in(&asked).await;
    let other = visitor.presses(&alices, "other_account").await;
    assert_eq!(other.page(), Some(PageKind::SignIn));
    let bobs = visitor.signs_in_as(&other, BOB, BOBS_PASSWORD).await;
    assert_eq!(visitor.sees(&bobs).await.user.unwrap().username, BOB);
    let done = visitor.presses(&bobs, "allow").await;
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["sub"], BOB);
    assert_eq!(remembered(&scene, SUBJECT).await, None, "Alice allowed nothing");
    assert!(remembered(&scene, BOB).await.is_some());
}

#[tokio::test]
async fn the_operators_own_client_needs_no_consent() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    assert!(visitor.signs_in(&asked).await.parameter("code").is_some());
    assert_eq!(remembered(&scene, SUBJECT).await, None);
}

#[tokio::test]
async fn a_policy_can_want_consent_anew() {
    let policy = asking_password().on_after_authentication(|_| Ok(AfterAuthenticationDecision::AskConsent));
    let scene = Scene::under(policy).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("").await.page(), Some(PageKind::Consent));
}

#[tokio::test]
async fn a_hook_grants_less_and_the_client_is_told() {
    let scene = Scene::under(granting("openid", false)).await;
    let mut visitor = scene.visitor();
    let done = visitor.completes("").await;
    assert_eq!(done.parameter("scope"), Some("openid"));
    let tokens = scene.redeems(CLIENT, done.code()).await.unwrap();
    assert_eq!(tokens.scope, Some(scope("openid")));
    assert_eq!(remembered(&scene, SUBJECT).await, None, "it was not to be remembered");
}

#[tokio::test]
async fn a_hook_cannot_grant_what_was_not_asked_for() {
    let scene = Scene::under(granting("openid email offline_access", true)).await;
    let done = scene.visitor().completes("").await;
    assert_eq!(done.parameter("scope"), Some("openid"));
    assert_eq!(remembered(&scene, SUBJECT).await.as_deref(), Some("openid"));
}

#[tokio::test]
async fn a_hook_is_not_asked_where_consent_is_given() {
    let scene = Scene::under(granting("openid profile", true).with_digest("a")).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let denying = asking_password()
        .with_digest("b")
        .on_consent(|_, _| Ok(FlowEnd::Decided(ConsentDecision::Deny { reason: "no".to_owned() })));
    scene.policies.activate(denying);
    assert!(visitor.asks("").await.parameter("code").is_some());
    assert_eq!(visitor.asks("prompt=consent").await.error(), "access_denied");
}

#[tokio::test]
async fn a_hook_asks_on_a_page_of_its_own_and_is_told_what_was_allowed_before() {
    let policy = asking_password().on_consent(|input, host| {
        assert_eq!(input.user.subject.as_str(), SUBJECT);
        let Some(filled) = host.ask(gatewright_testing::policies::password_page(None))? else { return host.waiting() };
        let granted = if filled.text("username") == "all" { "openid profile" } else { "openid" };
        assert_eq!(input.remembered.is_empty(), granted == "openid");
        Ok(FlowEnd::Decided(ConsentDecision::Grant { scope: scope(granted), remember: true }))
    });
    let scene = Scene::under(policy).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("").await;
    let asked = visitor.signs_in(&asked).await;
    assert_eq!(asked.page(), Some(PageKind::Consent));
    assert!(!visitor.sees(&asked).await.offers_other_account, "a hook's page cannot go back");
    let done = visitor.signs_in_as(&asked, "less", "x").await;
    assert_eq!(done.parameter("scope"), Some("openid"));
    let asked = visitor.asks("").await;
    let done = visitor.signs_in_as(&asked, "all", "x").await;
    assert_eq!(done.parameter("scope"), Some("openid profile"));
}
