//! `select_acr`: in order, the first that does not pass.

use super::{login, why};
use crate::stub::{StubRuntime, always, policy};
use gatewright_domain::hooks::{HookDecision, HookKind, Policy, SelectAcrDecision, SelectAcrInput};
use gatewright_protocol::acr::Acr;

const THREE: &str = r#"
[[select_acr]]
run = "a.rhai"
[[select_acr]]
run = "b.rhai"
[[select_acr]]
run = "c.rhai"
"#;

fn select(decision: SelectAcrDecision) -> crate::stub::Stub {
    always(HookDecision::SelectAcr(decision))
}

fn wants(acr: &str) -> SelectAcrDecision {
    SelectAcrDecision::Use(vec![Acr::try_from(acr).unwrap()])
}

fn input(client: &str) -> SelectAcrInput {
    SelectAcrInput { login: login(client), ..SelectAcrInput::sample() }
}

#[tokio::test]
async fn the_first_binding_that_does_not_pass_decides_and_later_ones_are_not_asked() {
    let deny = SelectAcrDecision::Deny { reason: "no".into() };
    let stubs =
        [("a.rhai", select(SelectAcrDecision::Pass)), ("b.rhai", select(wants("pwd"))), ("c.rhai", select(deny))];
    let runtime = StubRuntime::new(&stubs);
    let policy = policy(THREE, &runtime);
    assert_eq!(policy.select_acr(input("demo")).await.unwrap(), wants("pwd"));
    assert_eq!(runtime.ran(), ["select_acr/a", "select_acr/b"]);
}

#[tokio::test]
async fn when_every_binding_passes_or_none_matches_the_servers_own_selection_is_left() {
    let runtime = StubRuntime::new(&[("a.rhai", select(SelectAcrDecision::Pass))]);
    let all_pass = policy("[[select_acr]]\nrun = \"a.rhai\"\n", &runtime);
    assert_eq!(all_pass.select_acr(input("demo")).await.unwrap(), SelectAcrDecision::Pass);
    let none_matches = policy("[[select_acr]]\nrun = \"a.rhai\"\nwhen = { client = [\"other\"] }\n", &runtime);
    assert_eq!(none_matches.select_acr(input("demo")).await.unwrap(), SelectAcrDecision::Pass);
    assert_eq!(runtime.ran(), ["select_acr/a"]);
    assert!(none_matches.asks(HookKind::SelectAcr) && !none_matches.asks(HookKind::Consent));
}

#[tokio::test]
async fn an_acr_that_nothing_reaches_is_a_fault() {
    let enrol = SelectAcrDecision::Enrol(vec![Acr::try_from("otp").unwrap()]);
    for decision in [wants("otp"), enrol] {
        let runtime = StubRuntime::new(&[("a.rhai", select(decision))]);
        let policy = policy("[[select_acr]]\nrun = \"a.rhai\"\n", &runtime);
        let fault = policy.select_acr(input("demo")).await.unwrap_err();
        assert_eq!(fault.binding.as_str(), "select_acr/a");
        assert_eq!(why(fault), "no authenticate binding reaches the ACR `otp`");
    }
}

#[tokio::test]
async fn a_choice_of_no_acr_at_all_is_a_fault() {
    for decision in [SelectAcrDecision::Use(vec![]), SelectAcrDecision::Enrol(vec![])] {
        let runtime = StubRuntime::new(&[("a.rhai", select(decision))]);
        let policy = policy("[[select_acr]]\nrun = \"a.rhai\"\n", &runtime);
        assert!(why(policy.select_acr(input("demo")).await.unwrap_err()).starts_with("it names no ACR"));
    }
}

#[tokio::test]
async fn before_an_acr_is_reached_the_selector_acr_means_those_asked_for() {
    let runtime = StubRuntime::new(&[("a.rhai", select(wants("pwd")))]);
    let policy = policy("[[select_acr]]\nrun = \"a.rhai\"\nwhen = { acr = [\"urn:example:silver\"] }\n", &runtime);
    assert_eq!(policy.select_acr(input("demo")).await.unwrap(), SelectAcrDecision::Pass);
    let mut asking = input("demo");
    asking.login.acr_values = vec!["urn:example:gold".into(), "urn:example:silver".into()];
    assert_eq!(policy.select_acr(asking).await.unwrap(), wants("pwd"));
}
