//! A bundle that is asked what another was asked, on the record of it.

use crate::stub::{Stub, StubRuntime, always, policy};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::flow::{FaultKind, Flow, HostAnswer, HostCall, Record};
use gatewright_domain::hooks::{
    AuthenticateDecision, AuthenticateInput, HookDecision, HookInput, Policy, SelectAcrDecision, SelectAcrInput,
};
use gatewright_domain::page::{Form, FormAnswer, Page};
use gatewright_domain::trace::{Answer, Asked, Observer, RunEnd, Scene};
use serde_json::json;
use std::sync::{Arc, Mutex};

const ONE: &str = "[[select_acr]]\nrun = \"a.rhai\"\nlend = [\"kv\"]\n";

#[derive(Default)]
struct Last(Mutex<Option<Arc<Asked>>>);

impl Observer for Last {
    fn asked(&self, asked: &Arc<Asked>) {
        *self.0.lock().unwrap() = Some(asked.clone());
    }
}

fn put() -> HostCall {
    HostCall::Kv(KvCall::Put { key: "k".into(), value: json!(1), ttl_s: 60 })
}

fn get() -> HostCall {
    HostCall::Kv(KvCall::Get { key: "k".into() })
}

fn pass() -> HookDecision {
    HookDecision::SelectAcr(SelectAcrDecision::Pass)
}

fn page(title: &str) -> HostCall {
    HostCall::Ask(Page::Form(Form { title: title.into(), ..Form::default() }))
}

fn record_of(asked: &Asked) -> Record {
    asked.runs.iter().fold(Record::new(asked.at_ms), |record, run| record.with(&run.binding, &run.journal))
}

/// What a live policy is seen to do.
async fn lived(manifest: &str, stub: Stub) -> Arc<Asked> {
    let last = Arc::new(Last::default());
    let live: Arc<dyn Policy> = Arc::new(policy(manifest, &StubRuntime::new(&[("a.rhai", stub)])));
    live.observed(Scene { observer: last.clone() }).select_acr(SelectAcrInput::sample()).await.unwrap();
    last.0.lock().unwrap().clone().unwrap()
}

#[tokio::test]
async fn a_candidate_is_answered_as_the_live_one_was_and_writes_nothing() {
    let live = lived(ONE, Stub::Call(vec![get(), put(), get()], pass())).await;
    let candidate = policy(ONE, &StubRuntime::new(&[("a.rhai", Stub::Call(vec![put(), get()], pass()))]));
    let asked = candidate.ask_on_record(live.input.clone(), record_of(&live)).await;
    assert_eq!(asked.answer, Answer::Decided(pass()));
    assert_eq!(asked.bundle, *candidate.digest());
    assert_eq!(asked.runs[0].journal.entries().len(), 2);
    assert_eq!(
        candidate.tools.kv.call("select_acr/a", &as_kv(get()), candidate.tools.clock.now()).await.unwrap(),
        json!(null)
    );
}

fn as_kv(call: HostCall) -> KvCall {
    match call {
        HostCall::Kv(call) => call,
        other => panic!("another call: {other:?}"),
    }
}

#[tokio::test]
async fn a_call_the_live_one_did_not_make_stands_as_a_fault_whatever_the_binding_says() {
    let live = lived(ONE, Stub::Call(vec![get()], pass())).await;
    let skips = format!("{ONE}on_error = \"skip\"\n");
    let candidate = policy(&skips, &StubRuntime::new(&[("a.rhai", Stub::Call(vec![put()], pass()))]));
    let asked = candidate.ask_on_record(live.input.clone(), record_of(&live)).await;
    let Answer::Fault(fault) = &asked.answer else { panic!("it was skipped: {:?}", asked.answer) };
    assert_eq!(fault.kind, FaultKind::Unrecorded { call: "kv::put" });
    assert!(matches!(asked.runs[0].end, RunEnd::Fault { .. }));
}

#[tokio::test]
async fn a_hook_that_no_binding_of_the_candidate_answers_has_an_answer_and_no_runs() {
    let candidate = policy("", &StubRuntime::new(&[]));
    let input = HookInput::SelectAcr(SelectAcrInput::sample());
    let asked = candidate.ask_on_record(input.clone(), Record::new(0)).await;
    assert_eq!((asked.answer, asked.runs.len(), asked.input), (Answer::Decided(pass()), 0, input));
}

#[tokio::test]
async fn a_flow_begins_anew_and_goes_over_the_pages_that_were_answered() {
    let fails = HookDecision::Authenticate(AuthenticateDecision::Fail { reason: "no".into() });
    let stub = |title: &str| Stub::Call(vec![page(title)], fails.clone());
    let live = policy("", &StubRuntime::new(&[("pwd.rhai", stub("Who?"))]));
    let mut flow = Flow::default();
    live.authenticate(AuthenticateInput::sample(), &mut flow).await.unwrap();
    assert!(flow.journal.answer(HostAnswer::Form(FormAnswer::default())));
    let owner = flow.journal.owner().unwrap().clone();
    for (title, waits) in [("Who?", false), ("Who then?", true)] {
        let candidate = policy("", &StubRuntime::new(&[("pwd.rhai", stub(title))]));
        let record = Record::new(0).with(&owner, &flow.journal);
        let asked = candidate.ask_on_record(HookInput::Authenticate(AuthenticateInput::sample()), record).await;
        assert_eq!(matches!(asked.answer, Answer::Waiting(_)), waits, "{title}");
        assert_eq!(asked.answer == Answer::Decided(fails.clone()), !waits, "{title}");
    }
}

#[tokio::test]
async fn bindings_of_one_question_share_its_record() {
    let manifest = format!("{ONE}[[select_acr]]\nrun = \"b.rhai\"\nlend = [\"kv\"]\n");
    let live = lived(ONE, Stub::Call(vec![put()], pass())).await;
    let runtime = StubRuntime::new(&[("a.rhai", always(pass())), ("b.rhai", Stub::Call(vec![put()], pass()))]);
    let asked = policy(&manifest, &runtime).ask_on_record(live.input.clone(), record_of(&live)).await;
    let Answer::Fault(fault) = &asked.answer else { panic!("the values of one binding are another's") };
    assert_eq!(fault.binding.as_str(), "select_acr/b");
}
