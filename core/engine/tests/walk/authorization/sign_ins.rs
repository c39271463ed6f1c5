//! How many sign-ins one address may begin.

use crate::world::{CLIENT, Parts, Told, first_party};
use gatewright_engine::SignInLimit;
use gatewright_engine::error::{DirectError, WalkError};

#[tokio::test]
async fn an_address_begins_so_many_sign_ins_and_single_sign_on_is_none() {
    let mut parts = Parts::new();
    parts.settings.sign_ins = Some(SignInLimit { per_minute: 6, at_once: 2, trusted: vec![] });
    let scene = parts.built().await;
    scene.registers(first_party(CLIENT)).await;
    let at = |ip: &str| {
        let mut visitor = scene.visitor();
        visitor.browser.origin.ip = ip.to_owned();
        visitor
    };
    let mut here = at("192.0.2.7");
    here.completes("").await;
    for _ in 0..3 {
        assert!(here.asks("").await.parameter("code").is_some());
    }
    let mut other_browser = at("192.0.2.7");
    assert!(other_browser.asks("").await.page().is_some());
    let refused = at("192.0.2.7").tries("").await;
    let Err(WalkError::Direct(DirectError::TooMany { retry_after_s })) = refused else { panic!("{refused:?}") };
    assert_eq!(retry_after_s, 10);
    assert!(at("192.0.2.8").asks("").await.page().is_some());
    scene.clock.advance(10);
    assert!(other_browser.asks("").await.page().is_some());
    assert!(here.asks("").await.parameter("code").is_some());
}
