//! A hook that fails is never passed over: what the table of the contracts says happens, and the fault is told for the
//! log, not to the client.

use crate::world::{CLIENT, Parts, Scene, Told, asking_password, broken};
use gatewright_domain::hooks::ClaimsDestination;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::{SUBJECT, word};

const HYBRID: &str = "response_type=code+id_token";

fn breaking(hook: &str) -> FixedPolicy {
    let policy = asking_password();
    match hook {
        "select_acr" => policy.on_select_acr(|_| broken()),
        "authenticate" => policy.on_authenticate(|_, _| broken()),
        "after_authentication" => policy.on_after_authentication(|_| broken()),
        "consent" => policy.on_consent(|_, _| broken()),
        "claims" => policy.on_claims(|input| match input.destination {
            ClaimsDestination::IdToken => broken(),
            _ => Ok(Default::default()),
        }),
        "customize_token" => policy.on_customize_token(|_| broken()),
        other => panic!("there is no hook {other}"),
    }
}

async fn nothing_is_remembered(scene: &Scene) {
    assert_eq!(scene.stores.consents.find(&word(SUBJECT), &word(CLIENT)).await.unwrap(), None);
}

#[tokio::test]
async fn a_fault_at_a_hook_of_the_walk_denies() {
    for hook in ["select_acr", "authenticate", "after_authentication", "consent"] {
        let scene = Parts::under(breaking(hook)).built().await;
        let outcome = scene.visitor().completes(HYBRID).await;
        assert_eq!(outcome.error(), "access_denied", "{hook}");
        assert_eq!(outcome.fault.as_ref().map(|fault| fault.binding.as_str()), Some("broken"), "{hook}");
        assert_eq!(outcome.parameter("state"), Some("s1"), "{hook}");
        let told = outcome.parameter("error_description").unwrap();
        assert!(!told.contains("it was told to") && !told.contains("broken"), "{hook}: {told}");
        nothing_is_remembered(&scene).await;
    }
}

#[tokio::test]
async fn a_fault_at_a_hook_of_what_is_issued_is_a_server_error_and_nothing_is_issued() {
    for hook in ["claims", "customize_token"] {
        for query in [HYBRID, "response_type=id_token"] {
            let scene = Parts::under(breaking(hook)).built().await;
            let outcome = scene.visitor().completes(query).await;
            assert_eq!(outcome.error(), "server_error", "{hook} {query}");
            assert!(outcome.fault.is_some(), "{hook} {query}");
            let told = outcome.parameter("error_description").unwrap();
            assert!(!told.contains("it was told to"), "{hook} {query}: {told}");
            nothing_is_remembered(&scene).await;
        }
    }
}

#[tokio::test]
async fn a_hook_that_failed_runs_anew_with_the_next_request() {
    let scene = Parts::under(breaking("consent").with_digest("a")).built().await;
    let mut visitor = scene.visitor();
    assert_eq!(visitor.completes("").await.error(), "access_denied");
    scene.policies.activate(asking_password().with_digest("b"));
    assert!(visitor.completes("").await.parameter("code").is_some());
}
