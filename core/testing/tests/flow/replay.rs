//! What happened once does not happen again when a hook runs again.

use crate::runs::{Bench, Ended, page};
use gatewright_domain::capabilities::http::HttpCall;
use gatewright_domain::capabilities::http::HttpResponse;
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::capabilities::users::UserKey;
use gatewright_domain::flow::{FaultKind, Flow, HostAnswer, HostCall, Journal, UsersCall, Visit, Wait};
use gatewright_domain::page::{ConsentQuestion, FieldKind, Page};
use gatewright_testing::samples;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn find_alice() -> HostCall {
    HostCall::Users(UsersCall::Find(UserKey::Username("alice".to_owned())))
}

fn count() -> HostCall {
    HostCall::Kv(KvCall::Add { key: "runs".to_owned(), by: 1, ttl_s: 60 })
}

fn fetch() -> HostCall {
    let (method, url) = ("GET".to_owned(), "https://risk.example.com/".to_owned());
    HostCall::Http(HttpCall { method, url, headers: BTreeMap::new(), body: None, timeout_ms: 100 })
}

#[tokio::test]
async fn effects_happen_once_however_often_the_hook_runs() {
    let mut bench = Bench::new();
    bench.stubs.http.will_answer(Ok(HttpResponse { status: 200, headers: BTreeMap::new(), body: "ok".to_owned() }));
    let ended = bench.request(|host| Ok([host(find_alice())?, host(count())?, host(fetch())?, host(count())?])).await;
    let Ended::Decided([found, first, fetched, second]) = ended else { panic!("{ended:?}") };
    assert!(matches!(found, HostAnswer::User(Some(user)) if user.username == "alice"));
    assert_eq!((first, second), (HostAnswer::Value(json!(1)), HostAnswer::Value(json!(2))));
    assert!(matches!(fetched, HostAnswer::Http(response) if response.body == "ok"));
    assert_eq!(bench.runs, 5, "one run a call that was performed, and the one that went through");
    assert_eq!(bench.stubs.users.asked(), 1);
    assert_eq!(bench.stubs.http.requests().len(), 1);
}

#[tokio::test]
async fn a_flow_goes_on_from_its_page_on_another_node() {
    let (mut here, mut there) = (Bench::new(), Bench::new());
    let shown = page("Name?", "name", FieldKind::Text);
    let asks = shown.clone();
    let hook = move |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, crate::runs::Stop>| {
        let time = host(HostCall::Now)?;
        let drawn = host(HostCall::Random { bytes: 16 })?;
        let answer = host(HostCall::Ask(asks.clone()))?;
        Ok((time, drawn, answer, host(count())?))
    };
    assert_eq!(here.request(hook.clone()).await, Ended::Waiting(Wait::Page(shown.clone())));

    let stored = serde_json::to_string(&here.flow.journal).unwrap();
    there.flow = Flow { journal: serde_json::from_str(&stored).unwrap(), ..Flow::default() };
    there.stubs.clock.advance(1000);
    assert_eq!(there.flow.journal.waiting(), Some(&HostCall::Ask(shown.clone())));
    there.answer(&shown, "name", "alice");
    let ended = there.request(hook).await;
    let Ended::Decided((time, drawn, HostAnswer::Form(form), counted)) = ended else { panic!("{ended:?}") };
    assert_eq!(time, HostAnswer::Time(1_790_000_000_000), "the time of the first request");
    assert_eq!(drawn, here.flow.journal.entries()[1].answer, "the randomness of the first request");
    assert_eq!(serde_json::to_value(&form.values["name"]).unwrap(), json!({ "text": "alice" }));
    assert_eq!(counted, HostAnswer::Value(json!(1)));
}

#[tokio::test]
async fn a_visit_waits_and_brings_back_parameters() {
    let mut bench = Bench::new();
    let visit = Visit { url: "https://idp.example.com/".to_owned() };
    let go = HostCall::Visit(visit.clone());
    let hook = move |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, crate::runs::Stop>| {
        host(HostCall::ReturnState)?;
        host(go.clone())
    };
    assert_eq!(bench.request(hook.clone()).await, Ended::Waiting(Wait::Visit(visit)));
    let returned = HostAnswer::Returned([("code".to_owned(), "c".to_owned())].into());
    assert!(bench.flow.journal.answer(returned.clone()));
    assert_eq!(bench.request(hook).await, Ended::Decided(returned));
}

#[tokio::test]
async fn each_visit_awaits_a_state_of_its_own_and_the_newest_counts() {
    let interaction = Some(samples::word("i1"));
    let mut bench = Bench { flow: Flow { interaction, ..Flow::default() }, ..Bench::new() };
    let go = HostCall::Visit(Visit { url: "https://idp.example.com/".to_owned() });
    let hook = move |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, crate::runs::Stop>| {
        let first = [host(HostCall::ReturnState)?, host(HostCall::ReturnState)?];
        host(go.clone())?;
        let unspent = host(go.clone())?;
        host(HostCall::ReturnState)?;
        host(go.clone())?;
        Ok((first, unspent))
    };
    assert!(matches!(bench.request(hook.clone()).await, Ended::Waiting(Wait::Visit(_))));
    let first = bench.flow.journal.awaited_state().unwrap().to_owned();
    assert!(first.starts_with("i1.") && bench.flow.journal.knows_state(&first));
    assert!(bench.flow.journal.answer(HostAnswer::Returned(BTreeMap::new())));
    assert_eq!(bench.flow.journal.awaited_state(), None, "no visit is waited for");

    assert!(matches!(bench.request(hook.clone()).await, Ended::Waiting(Wait::Visit(_))));
    let second = bench.flow.journal.awaited_state().unwrap().to_owned();
    assert_ne!(second, first);
    assert!(bench.flow.journal.knows_state(&first) && !bench.flow.journal.knows_state("i1.made-up"));
    assert!(bench.flow.journal.answer(HostAnswer::Returned(BTreeMap::new())));
    let Ended::Decided(([_, newest], unspent)) = bench.request(hook).await else { panic!("it has not decided") };
    assert_eq!(newest, HostAnswer::State(first));
    assert!(matches!(unspent, HostAnswer::Failed(_)), "a state that was used up is none for the next visit");
}

#[tokio::test]
async fn a_visit_that_nobody_should_make_fails_when_it_is_asked_for() {
    for (url, told) in [("http://idp.example.com/", "https"), ("https://idp.example.com/", "return_state()")] {
        let mut bench = Bench::new();
        let ended = bench.call(HostCall::Visit(Visit { url: url.to_owned() })).await;
        let Ended::Decided(HostAnswer::Failed(error)) = ended else { panic!("{ended:?}") };
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(bench.flow.journal.waiting(), None);
    }
}

#[tokio::test]
async fn the_built_in_consent_question_can_be_asked() {
    let mut bench = Bench::new();
    let question = Page::Consent(ConsentQuestion { scope: samples::scope("openid email") });
    let ended = bench.call(HostCall::Ask(question.clone())).await;
    assert_eq!(ended, Ended::Waiting(Wait::Page(question)));
}

#[test]
fn an_answer_nobody_waits_for_is_not_taken() {
    let mut journal = Journal::default();
    assert!(!journal.answer(HostAnswer::Done));
    assert!(journal.entries().is_empty());
}

#[test]
fn a_journal_belongs_to_the_binding_that_began_it() {
    let mut journal = Journal::default();
    assert_eq!(journal.owner(), None);
    journal.begin(&samples::word("first"));
    journal.begin(&samples::word("second"));
    let stored: Journal = serde_json::from_str(&serde_json::to_string(&journal).unwrap()).unwrap();
    assert_eq!(stored.owner(), Some(&samples::word("first")));
}

#[tokio::test]
async fn another_path_than_before_is_a_fault_that_tells_where() {
    let mut bench = Bench::new();
    bench.request(|host| Ok((host(HostCall::Now)?, host(count())?))).await;
    let other_call = bench.request(|host| Ok((host(HostCall::Now)?, host(find_alice())?))).await;
    let other_argument = bench
        .request(|host| {
            host(HostCall::Now)?;
            host(HostCall::Kv(KvCall::Add { key: "runs".to_owned(), by: 2, ttl_s: 60 }))
        })
        .await;
    for kind in [kind(other_call), kind(other_argument)] {
        assert_eq!(kind, FaultKind::Nondeterministic { place: 1 });
    }
    assert_eq!(bench.stubs.users.asked(), 0);
    let now = bench.stubs.tools.clock.now();
    let counted = bench.stubs.tools.kv.call("authenticate/test", &get("runs"), now).await;
    assert_eq!(counted.unwrap(), json!(1));
}

fn get(key: &str) -> KvCall {
    KvCall::Get { key: key.to_owned() }
}

fn kind<T: std::fmt::Debug>(ended: Ended<T>) -> FaultKind {
    match ended {
        Ended::Fault(fault) => fault.kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn values_are_kept_apart_by_binding() {
    let mut bench = Bench::new();
    bench.request(|host| host(count())).await;
    let now = bench.stubs.tools.clock.now();
    let elsewhere = bench.stubs.tools.kv.call("authenticate/other", &get("runs"), now).await.unwrap();
    assert_eq!(elsewhere, Value::Null);
}
