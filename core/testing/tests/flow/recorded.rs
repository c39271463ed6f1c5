//! On a record, what another flow was answered answers every call, and nothing is performed.

use crate::runs::{Bench, Ended, Stop, page};
use gatewright_domain::capabilities::http::{HttpCall, HttpResponse};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::capabilities::mail::{MailCall, Message};
use gatewright_domain::capabilities::users::UserKey;
use gatewright_domain::flow::{
    FaultKind, Flow, HostAnswer, HostCall, LogLevel, Record, Recorded, SecretRef, UsersCall, Visit, Wait,
};
use gatewright_domain::page::FieldKind;
use gatewright_testing::samples;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

type Calls<'h> = &'h mut dyn FnMut(HostCall) -> Result<HostAnswer, Stop>;

fn find() -> HostCall {
    HostCall::Users(UsersCall::Find(UserKey::Username("alice".to_owned())))
}

fn count() -> HostCall {
    HostCall::Kv(KvCall::Add { key: "runs".to_owned(), by: 1, ttl_s: 60 })
}

fn get() -> HostCall {
    HostCall::Kv(KvCall::Get { key: "runs".to_owned() })
}

fn fetch(method: &str) -> HostCall {
    let (method, url) = (method.to_owned(), "https://risk.example.com/".to_owned());
    HostCall::Http(HttpCall { method, url, headers: BTreeMap::new(), body: None, timeout_ms: 100 })
}

fn send() -> HostCall {
    let message = Message { title: "Hello".to_owned(), text: "Hello".to_owned() };
    HostCall::Mail(MailCall::Send { subject: samples::word("alice"), message })
}

fn verify(entry: usize) -> HostCall {
    let password = SecretRef::Typed { entry, field: "password".to_owned() };
    HostCall::Users(UsersCall::VerifyPassword { username: "alice".to_owned(), password })
}

fn ask(title: &str) -> HostCall {
    HostCall::Ask(page(title, "password", FieldKind::Password))
}

/// A bench whose flow runs on what `live` has done.
fn on_record_of(live: &Bench) -> Bench {
    let record = Record::new(7_000).with(&live.binding, &live.flow.journal);
    Bench { flow: Flow { recorded: Some(Recorded::new(Arc::new(record))), ..Flow::default() }, ..Bench::new() }
}

/// A live flow that has found alice, raised a counter, read it, and fetched.
async fn lived() -> Bench {
    let mut live = Bench::new();
    live.stubs.http.will_answer(Ok(HttpResponse { status: 200, headers: BTreeMap::new(), body: "ok".to_owned() }));
    let hook = |host: Calls<'_>| {
        let drawn = host(HostCall::Random { bytes: 16 })?;
        Ok([drawn, host(HostCall::Now)?, host(find())?, host(count())?, host(get())?, host(fetch("GET"))?])
    };
    assert!(matches!(live.request(hook).await, Ended::Decided(_)));
    live
}

#[tokio::test]
async fn calls_in_another_order_are_answered_alike_in_one_run_and_nothing_is_performed() {
    let live = lived().await;
    let known: Vec<_> = live.flow.journal.entries().iter().map(|entry| entry.answer.clone()).collect();
    let mut tried = on_record_of(&live);
    tried.stubs.clock.advance(1_000);
    let hook = |host: Calls<'_>| {
        let fetched = host(fetch("GET"))?;
        let counted = host(count())?;
        Ok([host(HostCall::Random { bytes: 16 })?, host(HostCall::Now)?, host(find())?, counted, host(get())?, fetched])
    };
    assert_eq!(tried.request(hook).await, Ended::Decided(known.try_into().unwrap()));
    assert_eq!(tried.runs, 1, "no call had to be waited for");
    assert_eq!((tried.stubs.users.asked(), tried.stubs.http.requests().len()), (0, 0));
    assert_eq!(tried.flow.journal.entries().len(), 6);
}

#[tokio::test]
async fn what_reads_is_answered_again_and_what_changes_something_once() {
    let mut tried = on_record_of(&lived().await);
    for call in [find(), get(), fetch("GET"), HostCall::Now, HostCall::Random { bytes: 16 }] {
        let twice = tried.request(|host: Calls<'_>| Ok((host(call.clone())?, host(call.clone())?))).await;
        let Ended::Decided((first, second)) = twice else { panic!("{call:?}: {twice:?}") };
        assert_eq!(first, second);
        tried.flow.journal = Default::default();
    }
    let Ended::Fault(fault) = tried.request(|host: Calls<'_>| Ok((host(count())?, host(count())?))).await else {
        panic!("a counter that was raised once answers twice")
    };
    assert_eq!(fault.kind, FaultKind::Unrecorded { call: "kv::add" });
}

#[tokio::test]
async fn a_call_that_is_not_in_the_record_ends_the_run_with_a_fault_of_its_own() {
    let calls = [
        (send(), "mail"),
        (fetch("POST"), "http"),
        (HostCall::Kv(KvCall::Get { key: "other".to_owned() }), "kv::get"),
        (HostCall::Kv(KvCall::Put { key: "runs".to_owned(), value: json!(9), ttl_s: 60 }), "kv::put"),
        (HostCall::Random { bytes: 17 }, "random"),
    ];
    for (unknown, name) in calls {
        let mut tried = on_record_of(&lived().await);
        let ended = tried.request(|host: Calls<'_>| host(unknown.clone())).await;
        let Ended::Fault(fault) = ended else { panic!("{unknown:?}: {ended:?}") };
        assert_eq!(fault.kind, FaultKind::Unrecorded { call: name });
        assert!(tried.stubs.http.requests().is_empty());
    }
}

#[tokio::test]
async fn time_and_lines_of_the_log_need_no_record() {
    let mut tried = on_record_of(&Bench::new());
    let line = HostCall::Log { level: LogLevel::Warn, message: "tried".to_owned() };
    let ended = tried.request(|host: Calls<'_>| Ok((host(HostCall::Now)?, host(line.clone())?))).await;
    assert_eq!(ended, Ended::Decided((HostAnswer::Time(7_000), HostAnswer::Done)));
}

#[tokio::test]
async fn a_value_of_another_binding_is_not_in_the_record() {
    let mut tried = Bench { binding: samples::word("authenticate/other"), ..on_record_of(&lived().await) };
    let found = tried.request(|host: Calls<'_>| host(find())).await;
    assert!(matches!(found, Ended::Decided(HostAnswer::User(Some(_)))), "a directory is everybody's: {found:?}");
    let Ended::Fault(fault) = tried.request(|host: Calls<'_>| Ok((host(find())?, host(get())?))).await else {
        panic!("it reads the values of another")
    };
    assert_eq!(fault.kind, FaultKind::Unrecorded { call: "kv::get" });
}

#[tokio::test]
async fn a_page_is_answered_when_an_equal_one_was_and_its_typed_secret_is_known_wherever_it_now_stands() {
    let mut live = Bench::new();
    let hook = |host: Calls<'_>| {
        host(ask("Password"))?;
        host(verify(0))
    };
    assert!(matches!(live.request(hook).await, Ended::Waiting(_)));
    live.answer(&page("Password", "password", FieldKind::Password), "password", samples::PASSWORD);
    let Ended::Decided(user) = live.request(hook).await else { panic!("nobody was found") };
    let mut tried = on_record_of(&live);
    let later = |host: Calls<'_>| {
        host(HostCall::Now)?;
        host(ask("Password"))?;
        host(verify(1))
    };
    assert_eq!(tried.request(later).await, Ended::Decided(user));
    let wrong = |host: Calls<'_>| {
        host(HostCall::Now)?;
        host(ask("Password"))?;
        host(verify(0))
    };
    let ended = on_record_of(&live).request(wrong).await;
    let Ended::Fault(fault) = ended else { panic!("it used what was typed elsewhere: {ended:?}") };
    assert_eq!(fault.kind, FaultKind::Unrecorded { call: "users::verify_password" });
}

#[tokio::test]
async fn another_page_or_visit_is_what_the_flow_waits_for() {
    let mut tried = on_record_of(&lived().await);
    let shown = page("Other", "password", FieldKind::Password);
    assert_eq!(tried.request(|host: Calls<'_>| host(ask("Other"))).await, Ended::Waiting(Wait::Page(shown)));
    let mut tried = on_record_of(&lived().await);
    let visit = Visit { url: "https://idp.example.com/".to_owned() };
    let go = HostCall::Visit(visit.clone());
    let hook = |host: Calls<'_>| {
        host(HostCall::ReturnState)?;
        host(go.clone())
    };
    assert_eq!(tried.request(hook).await, Ended::Waiting(Wait::Visit(visit)));
}

#[tokio::test]
async fn a_record_lends_nothing() {
    let mut tried = Bench { loan: Loan::default(), ..on_record_of(&lived().await) };
    for call in [find(), get(), fetch("GET"), send(), HostCall::Secret { name: "api_key".to_owned() }] {
        let ended = tried.request(|host: Calls<'_>| host(call.clone())).await;
        assert!(matches!(ended, Ended::Decided(HostAnswer::Failed(_))), "{call:?}: {ended:?}");
        tried.flow.journal = Default::default();
    }
}

#[tokio::test]
async fn a_page_where_none_can_be_shown_is_a_fault_on_a_record_too() {
    let mut tried = Bench { interactive: false, ..on_record_of(&lived().await) };
    let Ended::Fault(fault) = tried.request(|host: Calls<'_>| host(ask("Password"))).await else { panic!("a page") };
    assert_eq!(fault.kind, FaultKind::NotInteractive);
}
