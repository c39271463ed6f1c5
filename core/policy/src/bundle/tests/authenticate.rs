//! `authenticate`: the one binding of the ACR, over as many requests as it takes.

use super::why;
use crate::stub::{Stub, StubRuntime, always, fails, policy, thrown};
use gatewright_domain::flow::{FaultKind, Flow, FlowEnd, HostAnswer, Journal, Wait};
use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput, HookDecision, Policy};
use gatewright_domain::identifiers::{InteractionId, Subject};
use gatewright_domain::page::{FormAnswer, Page};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use std::sync::Arc;

fn alice(amr: &[&str]) -> HookDecision {
    let amr = amr.iter().map(|amr| Amr::try_from(*amr).unwrap()).collect();
    HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject: Subject::parse("alice").unwrap(), amr })
}

fn ask(title: &'static str, then: Result<HookDecision, FaultKind>) -> Stub {
    Stub::Ask(title, Arc::new(move || then.clone()))
}

fn amr_of(end: &FlowEnd<AuthenticateDecision>) -> Vec<&str> {
    match end {
        FlowEnd::Decided(AuthenticateDecision::Authenticated { amr, .. }) => amr.iter().map(Amr::as_str).collect(),
        other => panic!("nobody was authenticated: {other:?}"),
    }
}

/// The flow as it comes back from storage, with the page it waits for answered.
fn answered(flow: &Flow) -> Flow {
    let stored = serde_json::to_string(&flow.journal).unwrap();
    let mut journal: Journal = serde_json::from_str(&stored).unwrap();
    assert!(journal.answer(HostAnswer::Form(FormAnswer::default())));
    Flow { journal, ..Flow::default() }
}

fn title(end: FlowEnd<AuthenticateDecision>) -> String {
    match end {
        FlowEnd::Waiting(Wait::Page(Page::Form(form))) => form.title,
        other => panic!("no page: {other:?}"),
    }
}

#[tokio::test]
async fn the_binding_of_the_acr_runs_and_no_other() {
    let runtime = StubRuntime::new(&[("pwd.rhai", fails()), ("otp.rhai", always(alice(&["otp"])))]);
    let policy = policy("[[authenticate]]\nacr = \"otp\"\nlevel = 20\nrun = \"otp.rhai\"\n", &runtime);
    let input = AuthenticateInput { acr: "otp".into(), ..AuthenticateInput::sample() };
    let end = policy.authenticate(input, &mut Flow::default()).await.unwrap();
    assert_eq!(amr_of(&end), ["otp"]);
    assert_eq!(runtime.ran(), ["authenticate/otp"]);
    assert_eq!(policy.acrs().default_acr().as_str(), "pwd");
    let weakest_first: Vec<_> = policy.acrs().iter().map(|method| method.acr.as_str()).collect();
    assert_eq!(weakest_first, ["pwd", "otp"]);
}

#[tokio::test]
async fn an_acr_that_nothing_reaches_is_a_fault() {
    let policy = policy("", &StubRuntime::new(&[]));
    let input = AuthenticateInput { acr: "otp".into(), ..AuthenticateInput::sample() };
    let fault = policy.authenticate(input, &mut Flow::default()).await.unwrap_err();
    assert_eq!(why(fault), "no authenticate binding reaches the ACR `otp`");
}

#[tokio::test]
async fn a_hook_that_names_no_amr_gets_its_bindings() {
    let policy = policy("", &StubRuntime::new(&[("pwd.rhai", always(alice(&[])))]));
    let end = policy.authenticate(AuthenticateInput::sample(), &mut Flow::default()).await.unwrap();
    assert_eq!(amr_of(&end), ["pwd"]);
}

#[tokio::test]
async fn a_flow_goes_on_past_its_page_after_a_restart() {
    let policy = policy("", &StubRuntime::new(&[("pwd.rhai", ask("Sign in", Ok(alice(&[]))))]));
    let mut flow = Flow::default();
    let end = policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
    assert_eq!(title(end), "Sign in");
    let end = policy.authenticate(AuthenticateInput::sample(), &mut answered(&flow)).await.unwrap();
    assert_eq!(amr_of(&end), ["pwd"]);
}

#[tokio::test]
async fn a_fallback_keeps_the_flow_it_took_over_and_begins_it_with_a_journal_of_its_own() {
    let broken = ask("First", Err(thrown()));
    let runtime = StubRuntime::new(&[("pwd.rhai", broken), ("spare.rhai", ask("Spare", Ok(alice(&[]))))]);
    let manifest = r#"
on_error = { fallback = "spare" }
[[authenticate]]
stand_in = true
amr = ["kba"]
run = "spare.rhai"
"#;
    let policy = policy(manifest, &runtime);
    let mut flow = Flow::default();
    assert_eq!(title(policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap()), "First");
    let interaction = InteractionId::parse("i1").ok();
    let address = "192.0.2.7".parse().ok();
    let mut flow = Flow { interaction: interaction.clone(), address, ..answered(&flow) };
    assert_eq!(title(policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap()), "Spare");
    assert_eq!(flow.interaction, interaction, "what it visits leads back to the same interaction");
    assert_eq!(flow.address, address, "its tries are counted at the same address");
    assert!(flow.journal.entries().is_empty(), "what the failed binding did is not replayed by another");
    let mut flow = answered(&flow);
    let end = policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
    assert_eq!(amr_of(&end), ["kba"], "a stand-in says how it authenticated, not what it stands in for");
    let ran = runtime.ran();
    assert_eq!(ran[ran.len() - 1], "authenticate/spare");
    assert_eq!(ran.iter().filter(|name| *name == "authenticate/pwd").count(), 2, "the failed one never runs again");
}

#[tokio::test]
async fn a_flow_that_another_binding_began_is_a_fault() {
    let other = "[[authenticate]]\nacr = \"otp\"\nlevel = 20\nrun = \"otp.rhai\"\n";
    let stubs = [("pwd.rhai", ask("Password", Ok(alice(&[])))), ("otp.rhai", always(alice(&[])))];
    let policy = policy(other, &StubRuntime::new(&stubs));
    let mut flow = Flow::default();
    policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
    let input = AuthenticateInput { acr: "otp".into(), ..AuthenticateInput::sample() };
    let fault = policy.authenticate(input, &mut answered(&flow)).await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Unavailable { .. }), "{fault}");
}

#[tokio::test]
async fn a_delegation_must_name_another_acr_that_is_reached() {
    let delegate = |acr: &str| {
        always(HookDecision::Authenticate(AuthenticateDecision::Delegate { acr: Acr::try_from(acr).unwrap() }))
    };
    let otp = "[[authenticate]]\nacr = \"otp\"\nlevel = 20\nrun = \"otp.rhai\"\n";
    for (to, allowed) in [("otp", true), ("pwd", false), ("webauthn", false)] {
        let policy = policy(otp, &StubRuntime::new(&[("pwd.rhai", delegate(to))]));
        let end = policy.authenticate(AuthenticateInput::sample(), &mut Flow::default()).await;
        assert_eq!(end.is_ok(), allowed, "{to}");
    }
}
