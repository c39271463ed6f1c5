//! What an observer of a bundle sees.

use crate::stub::{Stub, StubRuntime, always, fails, policy};
use gatewright_domain::flow::{Flow, FlowEnd, HostAnswer};
use gatewright_domain::hooks::{
    AuthenticateDecision, AuthenticateInput, CustomizeTokenDecision, CustomizeTokenInput, HookDecision, HookInput,
    HookKind, Policy, SelectAcrDecision, SelectAcrInput, TokenChanges,
};
use gatewright_domain::page::FormAnswer;
use gatewright_domain::trace::{AfterFault, Answer, Asked, Observer, RunEnd, Scene};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Onlooker(Mutex<Vec<Arc<Asked>>>);

impl Observer for Onlooker {
    fn asked(&self, asked: &Arc<Asked>) {
        self.0.lock().unwrap().push(asked.clone());
    }
}

impl Onlooker {
    fn seen(&self) -> Vec<Arc<Asked>> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn observed(manifest: &str, runtime: &Arc<StubRuntime>) -> (Arc<dyn Policy>, Arc<Onlooker>) {
    let onlooker = Arc::new(Onlooker::default());
    let policy: Arc<dyn Policy> = Arc::new(policy(manifest, runtime));
    (policy.observed(Scene { observer: onlooker.clone() }), onlooker)
}

fn bindings(asked: &Asked) -> Vec<&str> {
    asked.runs.iter().map(|run| run.binding.as_str()).collect()
}

fn passes() -> Stub {
    always(HookDecision::SelectAcr(SelectAcrDecision::Pass))
}

#[tokio::test]
async fn every_run_is_seen_with_its_end_and_what_came_after_it() {
    let manifest = "[[select_acr]]\nrun = \"a.rhai\"\non_error = \"skip\"\n\
        [[select_acr]]\nrun = \"b.rhai\"\non_error = { fallback = \"c\" }\n\
        [[select_acr]]\nstand_in = true\nrun = \"c.rhai\"\n";
    let runtime = StubRuntime::new(&[("a.rhai", fails()), ("b.rhai", fails()), ("c.rhai", passes())]);
    let (policy, onlooker) = observed(manifest, &runtime);
    assert_eq!(policy.select_acr(SelectAcrInput::sample()).await.unwrap(), SelectAcrDecision::Pass);
    let [asked] = &onlooker.seen()[..] else { panic!("one question") };
    assert_eq!(asked.hook(), HookKind::SelectAcr);
    assert_eq!(asked.input, HookInput::SelectAcr(SelectAcrInput::sample()));
    assert_eq!(asked.bundle, *policy.digest());
    assert_eq!(bindings(asked), ["select_acr/a", "select_acr/b", "select_acr/c"]);
    let ends: Vec<_> = asked.runs.iter().map(|run| &run.end).collect();
    assert!(matches!(ends[0], RunEnd::Fault { then: AfterFault::Skip, .. }), "{ends:?}");
    assert!(matches!(ends[1], RunEnd::Fault { then: AfterFault::Fallback, .. }), "{ends:?}");
    assert_eq!(*ends[2], RunEnd::Decided(HookDecision::SelectAcr(SelectAcrDecision::Pass)));
    assert_eq!(asked.answer, Answer::Decided(HookDecision::SelectAcr(SelectAcrDecision::Pass)));
}

#[tokio::test]
async fn a_fault_that_stands_is_the_answer() {
    let (policy, onlooker) = observed("[[select_acr]]\nrun = \"a.rhai\"\n", &StubRuntime::new(&[("a.rhai", fails())]));
    let fault = policy.select_acr(SelectAcrInput::sample()).await.unwrap_err();
    let [asked] = &onlooker.seen()[..] else { panic!("one question") };
    assert_eq!(asked.answer, Answer::Fault(fault.clone()));
    assert_eq!(asked.runs[0].end, RunEnd::Fault { fault, then: AfterFault::Deny });
}

#[tokio::test]
async fn a_page_is_seen_waiting_and_then_answered() {
    let alice = HookDecision::Authenticate(AuthenticateDecision::Fail { reason: "no".into() });
    let decision = alice.clone();
    let runtime = StubRuntime::new(&[("pwd.rhai", Stub::Ask("Who?", Arc::new(move || Ok(decision.clone()))))]);
    let (policy, onlooker) = observed("", &runtime);
    let mut flow = Flow::default();
    let end = policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
    assert!(matches!(end, FlowEnd::Waiting(_)));
    assert!(flow.journal.answer(HostAnswer::Form(FormAnswer::default())));
    let end = policy.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
    assert!(matches!(end, FlowEnd::Decided(_)));
    let [first, second] = &onlooker.seen()[..] else { panic!("two questions") };
    assert!(matches!((&first.answer, &first.runs[0].end), (Answer::Waiting(_), RunEnd::Waiting(_))));
    assert_eq!((first.runs[0].known, first.runs[0].journal.waiting().is_some()), (0, true));
    assert_eq!((second.runs[0].known, second.runs[0].journal.entries().len()), (1, 1));
    assert_eq!(second.answer, Answer::Decided(alice));
}

#[tokio::test]
async fn what_no_binding_answers_is_not_seen() {
    let (policy, onlooker) = observed("", &StubRuntime::new(&[]));
    policy.select_acr(SelectAcrInput::sample()).await.unwrap();
    policy.customize_token(CustomizeTokenInput::sample()).await.unwrap();
    assert!(onlooker.seen().is_empty());
}

#[tokio::test]
async fn the_input_seen_is_the_one_before_any_binding_changed_the_token() {
    let changes = TokenChanges { lifetime_s: Some(60), ..TokenChanges::default() };
    let shorter = always(HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)));
    let manifest = "[[customize_token]]\nrun = \"a.rhai\"\n[[customize_token]]\nrun = \"b.rhai\"\n";
    let runtime = StubRuntime::new(&[("a.rhai", shorter.clone()), ("b.rhai", shorter)]);
    let (policy, onlooker) = observed(manifest, &runtime);
    policy.customize_token(CustomizeTokenInput::sample()).await.unwrap();
    let [asked] = &onlooker.seen()[..] else { panic!("one question") };
    assert_eq!(asked.input, HookInput::CustomizeToken(CustomizeTokenInput::sample()));
    assert_eq!(asked.runs.len(), 2);
}

#[tokio::test]
async fn several_onlookers_see_the_same() {
    let (policy, first) = observed("[[select_acr]]\nrun = \"a.rhai\"\n", &StubRuntime::new(&[("a.rhai", passes())]));
    let second = Arc::new(Onlooker::default());
    let policy = policy.observed(Scene { observer: second.clone() });
    policy.select_acr(SelectAcrInput::sample()).await.unwrap();
    let (first, second) = (first.seen(), second.seen());
    assert_eq!(first.len(), 1);
    assert!(Arc::ptr_eq(&first[0], &second[0]));
}
