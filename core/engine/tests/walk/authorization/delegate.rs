//! `delegate`: another ACR's binding takes over.

use crate::world::{CLIENT, Parts, Scene, Told, authenticated, first_party};
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::AuthenticateDecision;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, word};
use gatewright_testing::signing::claims_of;
use std::sync::{Arc, Mutex};

async fn scene_of(order: Arc<Mutex<Vec<String>>>) -> Scene {
    let policy =
        FixedPolicy::new().with_acrs(&[("first", 30), ("pwd", 10), ("otp", 20)]).on_authenticate(move |input, _| {
            order.lock().unwrap().push(input.acr.clone());
            match input.acr.as_str() {
                "first" => Ok(FlowEnd::Decided(AuthenticateDecision::Delegate { acr: word("otp") })),
                _ => authenticated(word(SUBJECT)),
            }
        });
    let scene = Parts::under(policy).built().await;
    scene.registers(first_party(CLIENT)).await;
    scene
}

#[tokio::test]
async fn the_acr_that_was_delegated_to_is_the_one_reached() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let scene = scene_of(order.clone()).await;
    let tokens = scene.tokens("").await;
    assert_eq!(*order.lock().unwrap(), ["first", "otp"]);
    let claims = claims_of(&tokens.id_token.unwrap());
    assert_eq!((&claims["acr"], &claims["amr"]), (&"otp".into(), &serde_json::json!(["otp"])));
}

#[tokio::test]
async fn a_session_that_reaches_what_was_delegated_to_is_enough() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let scene = scene_of(order.clone()).await;
    let mut visitor = scene.visitor();
    visitor.asks("").await;
    let cookie = visitor.browser.session_cookie.clone();
    order.lock().unwrap().clear();
    assert!(visitor.asks("").await.parameter("code").is_some());
    assert_eq!(*order.lock().unwrap(), ["first"], "the one at level 20 was not asked again");
    assert_eq!(visitor.browser.session_cookie, cookie);
}

#[tokio::test]
async fn an_essential_acr_is_not_met_by_what_it_was_delegated_to() {
    let scene = scene_of(Arc::default()).await;
    let claims = r#"claims={"id_token":{"acr":{"essential":true,"value":"first"}}}"#;
    assert_eq!(scene.visitor().asks(claims).await.error(), "unmet_authentication_requirements");
}
