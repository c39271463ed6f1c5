//! A policy that says no, at each of its hooks.

use crate::world::{CLIENT, Parts, Told, asking_password};
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ConsentDecision, CustomizeTokenDecision, SelectAcrDecision,
};
use gatewright_testing::policies::FixedPolicy;

fn reason() -> String {
    "not on Sundays".to_owned()
}

/// A policy that denies at the named hook.
fn denying(hook: &str) -> FixedPolicy {
    let policy = asking_password();
    match hook {
        "select_acr" => policy.on_select_acr(|_| Ok(SelectAcrDecision::Deny { reason: reason() })),
        "authenticate" => {
            policy.on_authenticate(|_, _| Ok(FlowEnd::Decided(AuthenticateDecision::Fail { reason: reason() })))
        }
        "after_authentication" => {
            policy.on_after_authentication(|_| Ok(AfterAuthenticationDecision::Deny { reason: reason() }))
        }
        "consent" => policy.on_consent(|_, _| Ok(FlowEnd::Decided(ConsentDecision::Deny { reason: reason() }))),
        "customize_token" => policy.on_customize_token(|_| Ok(CustomizeTokenDecision::Deny { reason: reason() })),
        other => panic!("there is no hook {other}"),
    }
}

#[tokio::test]
async fn a_denial_at_any_hook_is_access_denied_with_its_reason_and_is_no_fault() {
    for (hook, query) in [
        ("select_acr", ""),
        ("authenticate", ""),
        ("after_authentication", ""),
        ("consent", ""),
        ("customize_token", "response_type=code+id_token"),
        ("customize_token", "response_type=id_token"),
    ] {
        let scene = Parts::under(denying(hook)).built().await;
        let outcome = scene.visitor().completes(query).await;
        assert_eq!(outcome.error(), "access_denied", "{hook}");
        assert_eq!(outcome.parameter("error_description"), Some("not on Sundays"), "{hook}");
        assert_eq!(outcome.parameter("state"), Some("s1"), "{hook}");
        assert!(outcome.fault.is_none(), "{hook}");
    }
}

#[tokio::test]
async fn a_denial_remembers_no_consent() {
    let scene = Parts::under(denying("customize_token")).built().await;
    scene.visitor().completes("response_type=code+id_token").await;
    let subject = gatewright_testing::samples::word(gatewright_testing::samples::SUBJECT);
    let client = gatewright_testing::samples::word(CLIENT);
    assert_eq!(scene.stores.consents.find(&subject, &client).await.unwrap(), None);
}

#[tokio::test]
async fn a_denial_after_authentication_is_asked_for_again_at_single_sign_on() {
    let policy = asking_password().on_after_authentication(|input| {
        let allowed = input.login.client.id == CLIENT;
        let denied = AfterAuthenticationDecision::Deny { reason: reason() };
        Ok(if allowed { AfterAuthenticationDecision::Proceed } else { denied })
    });
    let scene = Parts::under(policy).built().await;
    scene.registers(crate::world::client("other")).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    assert_eq!(visitor.asks("client_id=other").await.error(), "access_denied");
    assert_eq!(visitor.asks("client_id=other&prompt=none").await.error(), "access_denied");
    assert!(visitor.asks("").await.parameter("code").is_some());
}
