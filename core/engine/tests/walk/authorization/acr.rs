//! The `acr` claim and `acr_values` (OpenID Connect Core 3.1.2.1, 5.5.1.1; Unmet Authentication Requirements 1.0).

use crate::world::{CLIENT, Parts, Scene, Told, first_party, two_factors};
use gatewright_domain::hooks::SelectAcrDecision;
use gatewright_engine::authorization::PageToShow;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::word;
use gatewright_testing::signing::claims_of;

fn essential(value: &str) -> String {
    format!(r#"claims={{"id_token":{{"acr":{{"essential":true,"values":["{value}"]}}}}}}"#)
}

async fn scene(policy: FixedPolicy) -> Scene {
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    scene
}

#[tokio::test]
async fn an_essential_acr_that_can_be_reached_is_reached() {
    let scene = scene(two_factors()).await;
    let tokens = scene.tokens(&essential("otp")).await;
    assert_eq!(claims_of(&tokens.id_token.unwrap())["acr"], "otp");
}

#[tokio::test]
async fn an_essential_acr_that_was_not_reached_is_an_unmet_requirement() {
    let weak = two_factors().on_select_acr(|_| Ok(SelectAcrDecision::Use(vec![word("pwd")])));
    for (policy, value) in [(two_factors(), "retina"), (weak, "otp")] {
        let scene = scene(policy).await;
        let mut visitor = scene.visitor();
        let outcome = visitor.completes(&essential(value)).await;
        assert_eq!(outcome.error(), "unmet_authentication_requirements", "{value}");
        assert!(outcome.fault.is_none());
        let silent = visitor.asks(&format!("prompt=none&{}", essential(value))).await;
        assert_eq!(silent.error(), "unmet_authentication_requirements", "{value}");
    }
}

#[tokio::test]
async fn a_voluntary_acr_that_cannot_be_reached_is_left_aside() {
    let scene = scene(two_factors()).await;
    for query in [r#"claims={"id_token":{"acr":{"values":["retina"]}}}"#, "acr_values=retina+1"] {
        let tokens = scene.tokens(query).await;
        assert_eq!(claims_of(&tokens.id_token.unwrap())["acr"], "pwd", "{query}");
    }
}

#[tokio::test]
async fn who_is_signed_in_more_strongly_can_still_meet_an_essential_acr_by_name() {
    let scene = scene(two_factors().with_acrs(&[("pwd", 10), ("otp", 20), ("key", 30)])).await;
    let mut visitor = scene.visitor();
    visitor.completes("acr_values=key").await;
    assert_eq!(visitor.asks(&format!("prompt=none&{}", essential("otp"))).await.error(), "login_required");
    let asked = visitor.asks(&essential("otp")).await;
    let shown = visitor.sees(&asked).await;
    assert!(matches!(shown.page, PageToShow::Form(form) if form.title == "One-time code"));
    let done = visitor.signs_in(&asked).await;
    let claims = claims_of(&scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap());
    assert_eq!(claims["acr"], "otp");
}

#[tokio::test]
async fn select_acr_is_told_what_the_request_asks_and_what_there_is() {
    let policy = two_factors().on_select_acr(|input| {
        assert_eq!(input.login.acr_values, ["otp", "x"]);
        assert_eq!(input.login.client.id, CLIENT);
        assert_eq!(input.login.max_age, Some(60));
        assert_eq!(input.login.prompt, ["login"]);
        assert!(input.login.session.is_none());
        assert_eq!(input.available.iter().map(|view| view.acr.as_str()).collect::<Vec<_>>(), ["pwd", "otp"]);
        Ok(SelectAcrDecision::Use(vec![word("pwd"), word("otp")]))
    });
    let scene = scene(policy).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks("acr_values=otp+x&max_age=60&prompt=login").await;
    let shown = visitor.sees(&asked).await;
    assert!(matches!(shown.page, PageToShow::Form(form) if form.title == "Sign in"), "the first one is asked for");
}
