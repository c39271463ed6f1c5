//! What happens when a binding fails: nothing is ever silently not run.

use crate::stub::{Stub, StubRuntime, always, fails, policy};
use gatewright_domain::flow::{FaultKind, Flow, FlowEnd};
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AfterAuthenticationInput, ClaimsDecision, ClaimsInput, ConsentDecision, ConsentInput,
    CustomizeTokenInput, HookDecision, Policy, SelectAcrDecision, SelectAcrInput,
};

fn passes() -> Stub {
    always(HookDecision::SelectAcr(SelectAcrDecision::Pass))
}

#[tokio::test]
async fn a_failure_denies_unless_the_binding_says_otherwise() {
    let every_hook = r#"
[[select_acr]]
run = "a.rhai"
[[after_authentication]]
run = "a.rhai"
[[consent]]
run = "a.rhai"
[[claims]]
run = "a.rhai"
scopes = ["openid"]
claims = ["x"]
[[customize_token]]
run = "a.rhai"
"#;
    let policy = policy(every_hook, &StubRuntime::new(&[("a.rhai", fails())]));
    assert!(policy.select_acr(SelectAcrInput::sample()).await.is_err());
    assert!(policy.after_authentication(AfterAuthenticationInput::sample()).await.is_err());
    assert!(policy.consent(ConsentInput::sample(), &mut Flow::default()).await.is_err());
    assert!(policy.claims(ClaimsInput::sample()).await.is_err());
    assert!(policy.customize_token(CustomizeTokenInput::sample()).await.is_err());
}

#[tokio::test]
async fn a_skipped_binding_is_as_if_it_were_not_there() {
    let skipping = r#"
[[select_acr]]
run = "a.rhai"
on_error = "skip"
[[consent]]
run = "a.rhai"
on_error = "skip"
[[claims]]
run = "a.rhai"
scopes = ["openid"]
claims = ["x"]
on_error = "skip"
"#;
    let policy = policy(skipping, &StubRuntime::new(&[("a.rhai", fails())]));
    assert_eq!(policy.select_acr(SelectAcrInput::sample()).await.unwrap(), SelectAcrDecision::Pass);
    let end = policy.consent(ConsentInput::sample(), &mut Flow::default()).await.unwrap();
    assert_eq!(end, FlowEnd::Decided(ConsentDecision::BuiltIn));
    assert_eq!(policy.claims(ClaimsInput::sample()).await.unwrap(), ClaimsDecision::default());
}

const CHAIN: &str = r#"
[[select_acr]]
run = "a.rhai"
on_error = { fallback = "b" }
[[select_acr]]
stand_in = true
run = "b.rhai"
on_error = { fallback = "select_acr/c" }
[[select_acr]]
stand_in = true
run = "c.rhai"
"#;

#[tokio::test]
async fn a_fallback_runs_instead_and_its_own_failure_denies() {
    let runtime = StubRuntime::new(&[("a.rhai", fails()), ("b.rhai", fails()), ("c.rhai", passes())]);
    assert_eq!(policy(CHAIN, &runtime).select_acr(SelectAcrInput::sample()).await.unwrap(), SelectAcrDecision::Pass);
    assert_eq!(runtime.ran(), ["select_acr/a", "select_acr/b", "select_acr/c"]);

    let runtime = StubRuntime::new(&[]);
    let fault = policy(CHAIN, &runtime).select_acr(SelectAcrInput::sample()).await.unwrap_err();
    assert_eq!(fault.binding.as_str(), "select_acr/c");
}

#[tokio::test]
async fn a_stand_in_does_not_run_while_nothing_fails() {
    let runtime = StubRuntime::new(&[("a.rhai", passes()), ("b.rhai", passes()), ("c.rhai", passes())]);
    policy(CHAIN, &runtime).select_acr(SelectAcrInput::sample()).await.unwrap();
    assert_eq!(runtime.ran(), ["select_acr/a"]);
}

#[tokio::test]
async fn a_decision_that_breaks_the_contract_is_a_failure_like_any_other() {
    let proceed = HookDecision::AfterAuthentication(AfterAuthenticationDecision::Proceed);
    let runtime = StubRuntime::new(&[("a.rhai", always(proceed.clone())), ("b.rhai", passes())]);
    assert_eq!(policy(CHAIN, &runtime).select_acr(SelectAcrInput::sample()).await.unwrap(), SelectAcrDecision::Pass);

    let policy = policy("[[select_acr]]\nrun = \"a.rhai\"\n", &runtime);
    let fault = policy.select_acr(SelectAcrInput::sample()).await.unwrap_err();
    let says = "it returned a decision of after_authentication, which is no decision of this hook; \
                return use_acr(…), pass() or deny(…)";
    assert_eq!(fault.kind.to_string(), says);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_never_comes_back_is_an_overrun() {
    let manifest = "[[select_acr]]\nrun = \"a.rhai\"\nlimit = { total_ms = 250 }\n";
    let policy = policy(manifest, &StubRuntime::new(&[("a.rhai", Stub::Hang)]));
    let before = tokio::time::Instant::now();
    let fault = policy.select_acr(SelectAcrInput::sample()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Overrun { limit: "milliseconds in all", max: 250 });
    assert_eq!(before.elapsed().as_millis(), 250);
}

#[tokio::test]
async fn a_page_where_none_can_be_shown_is_a_fault() {
    let asks = Stub::Ask("Page", std::sync::Arc::new(|| Err(crate::stub::thrown())));
    let policy = policy("[[select_acr]]\nrun = \"a.rhai\"\n", &StubRuntime::new(&[("a.rhai", asks)]));
    let fault = policy.select_acr(SelectAcrInput::sample()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotInteractive);
}
