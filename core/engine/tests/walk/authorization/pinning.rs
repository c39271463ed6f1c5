//! An interaction ends on the bundle it began with; so does its code (chapter "policy bundles" of the design).

use crate::world::{CLIENT, Parts, Told, asking_password};
use gatewright_domain::hooks::{AfterAuthenticationDecision, CustomizeTokenDecision, TokenChanges};
use gatewright_engine::authorization::PageKind;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::signing::claims_of;
use serde_json::json;

/// A policy that says its name in every access token, and lets nobody through where it is not `open`.
fn named(name: &'static str, open: bool) -> FixedPolicy {
    asking_password()
        .with_digest(name)
        .on_after_authentication(move |_| {
            let reason = format!("{name} is closed");
            Ok(if open { AfterAuthenticationDecision::Proceed } else { AfterAuthenticationDecision::Deny { reason } })
        })
        .on_customize_token(move |input| {
            let says = if input.claims.is_empty() { json!({}) } else { json!({ "policy": name }) };
            let claims = says.as_object().cloned().unwrap_or_default();
            Ok(CustomizeTokenDecision::Change(TokenChanges { claims, ..TokenChanges::default() }))
        })
}

#[tokio::test]
async fn an_interaction_begun_under_one_bundle_ends_on_it_after_another_went_live() {
    let scene = Parts::under(named("a", true)).built().await;
    let mut early = scene.visitor();
    let asked = early.asks("").await;
    scene.policies.activate(named("b", false));

    let consent = early.signs_in(&asked).await;
    assert_eq!(consent.page(), Some(PageKind::Consent));
    let done = early.presses(&consent, "allow").await;

    let mut late = scene.visitor();
    let asked = late.asks("").await;
    let denied = late.signs_in(&asked).await;
    assert_eq!(denied.parameter("error_description"), Some("b is closed"));

    // What the code gives was decided with it; a refresh is a new decision.
    let tokens = scene.redeems(CLIENT, done.code()).await.unwrap();
    assert_eq!(claims_of(&tokens.access_token)["policy"], "a");
    let refreshed = scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[]).await.unwrap();
    assert_eq!(claims_of(&refreshed.access_token)["policy"], "b");
}

#[tokio::test]
async fn a_session_begun_under_an_earlier_bundle_is_asked_of_the_new_one() {
    let scene = Parts::under(named("a", true)).built().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    scene.policies.activate(named("b", false));
    assert_eq!(visitor.asks("").await.parameter("error_description"), Some("b is closed"));
}
