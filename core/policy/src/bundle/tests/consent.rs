//! `consent`: the first binding that matches.

use super::why;
use crate::stub::{Stub, StubRuntime, always, fails, policy};
use gatewright_domain::flow::{Flow, FlowEnd, HostAnswer};
use gatewright_domain::hooks::{ConsentDecision, ConsentInput, HookDecision, Policy};
use gatewright_domain::page::FormAnswer;
use gatewright_protocol::scope::Scope;
use std::sync::Arc;

const TWO: &str = r#"
[[consent]]
run = "office.rhai"
when = { network = ["10.0.0.0/8"] }
[[consent]]
run = "elsewhere.rhai"
"#;

fn grant(scope: &str) -> HookDecision {
    HookDecision::Consent(ConsentDecision::Grant { scope: Scope::parse(scope).unwrap(), remember: true })
}

fn from(ip: &str) -> ConsentInput {
    let mut input = ConsentInput::sample();
    input.login.origin.ip = ip.into();
    input
}

async fn decided(policy: &impl Policy, input: ConsentInput) -> ConsentDecision {
    match policy.consent(input, &mut Flow::default()).await.unwrap() {
        FlowEnd::Decided(decision) => decision,
        FlowEnd::Waiting(wait) => panic!("it waits: {wait:?}"),
    }
}

#[tokio::test]
async fn the_first_binding_that_matches_decides_alone() {
    let runtime = StubRuntime::new(&[("office.rhai", always(grant("openid"))), ("elsewhere.rhai", fails())]);
    let policy = policy(TWO, &runtime);
    let decision = decided(&policy, from("10.1.2.3")).await;
    assert!(matches!(decision, ConsentDecision::Grant { scope, .. } if scope.to_string() == "openid"));
    assert_eq!(runtime.ran(), ["consent/office"]);
}

#[tokio::test]
async fn without_a_binding_the_built_in_page_asks() {
    let policy = policy("", &StubRuntime::new(&[]));
    assert_eq!(decided(&policy, from("10.1.2.3")).await, ConsentDecision::BuiltIn);
}

#[tokio::test]
async fn a_grant_beyond_what_was_asked_is_a_fault() {
    let policy =
        policy("[[consent]]\nrun = \"a.rhai\"\n", &StubRuntime::new(&[("a.rhai", always(grant("openid admin")))]));
    let fault = policy.consent(ConsentInput::sample(), &mut Flow::default()).await.unwrap_err();
    assert_eq!(why(fault), "it grants `admin`, which was not asked for");
}

#[tokio::test]
async fn a_grant_of_nothing_is_a_fault() {
    let policy = policy("[[consent]]\nrun = \"a.rhai\"\n", &StubRuntime::new(&[("a.rhai", always(grant("")))]));
    let fault = policy.consent(ConsentInput::sample(), &mut Flow::default()).await.unwrap_err();
    assert_eq!(why(fault), "it grants nothing; use deny(…) to refuse");
}

#[tokio::test]
async fn a_flow_ends_with_the_binding_that_began_it_though_the_browser_changed_its_network() {
    let asks = Stub::Ask("Office", Arc::new(|| Ok(grant("openid"))));
    let runtime = StubRuntime::new(&[("office.rhai", asks), ("elsewhere.rhai", fails())]);
    let policy = policy(TWO, &runtime);
    let mut flow = Flow::default();
    policy.consent(from("10.1.2.3"), &mut flow).await.unwrap();
    assert!(flow.journal.answer(HostAnswer::Form(FormAnswer::default())));
    let end = policy.consent(from("198.51.100.1"), &mut flow).await.unwrap();
    assert!(matches!(end, FlowEnd::Decided(ConsentDecision::Grant { .. })));
    assert_eq!(runtime.ran(), ["consent/office", "consent/office"]);
}
