//! Secrets: by reference to the hook, in clear to what they were handed to, nowhere else.

use crate::runs::{Bench, Ended, Stop, page};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{HttpBody, HttpCall, HttpResponse, HttpText};
use gatewright_domain::flow::{FaultKind, HostAnswer, HostCall, SecretRef, UsersCall};
use gatewright_domain::page::FieldKind;
use gatewright_testing::samples;
use std::collections::BTreeMap;

fn verify(entry: usize) -> HostCall {
    let password = SecretRef::Typed { entry, field: "password".to_owned() };
    HostCall::Users(UsersCall::VerifyPassword { username: "alice".to_owned(), password })
}

fn ask(title: &str) -> HostCall {
    HostCall::Ask(page(title, "password", FieldKind::Password))
}

#[tokio::test]
async fn a_typed_secret_reaches_the_directory_and_no_journal() {
    let mut bench = Bench::new();
    let hook = |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, Stop>| {
        host(ask("First"))?;
        host(verify(0))
    };
    assert!(matches!(bench.request(hook).await, Ended::Waiting(_)));
    bench.answer(&page("First", "password", FieldKind::Password), "password", samples::PASSWORD);
    let ended = bench.request(hook).await;
    assert!(matches!(ended, Ended::Decided(HostAnswer::User(Some(_)))), "{ended:?}");
    let journal = serde_json::to_string(&bench.flow.journal).unwrap();
    assert!(!journal.contains(samples::PASSWORD), "{journal}");
    assert!(!format!("{:?}", bench.flow).contains(samples::PASSWORD));
}

#[tokio::test]
async fn a_typed_secret_is_a_tombstone_after_its_request() {
    let mut bench = Bench::new();
    let used_late = |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, Stop>| {
        host(ask("First"))?;
        host(ask("Second"))?;
        host(verify(0))
    };
    for title in ["First", "Second"] {
        assert!(matches!(bench.request(used_late).await, Ended::Waiting(_)));
        bench.answer(&page(title, "password", FieldKind::Password), "password", samples::PASSWORD);
    }
    let Ended::Fault(fault) = bench.request(used_late).await else { panic!("the secret lives on") };
    assert_eq!(fault.kind, FaultKind::SecretGone);
    assert_eq!(bench.stubs.users.asked(), 0);
}

#[tokio::test]
async fn what_was_done_with_a_typed_secret_is_remembered_after_it_is_gone() {
    let mut bench = Bench::new();
    let used_in_time = |host: &mut dyn FnMut(HostCall) -> Result<HostAnswer, Stop>| {
        host(ask("First"))?;
        let user = host(verify(0))?;
        host(ask("Second"))?;
        Ok(user)
    };
    for title in ["First", "Second"] {
        assert!(matches!(bench.request(used_in_time).await, Ended::Waiting(_)));
        bench.answer(&page(title, "password", FieldKind::Password), "password", samples::PASSWORD);
    }
    assert!(matches!(bench.request(used_in_time).await, Ended::Decided(HostAnswer::User(Some(_)))));
    assert_eq!(bench.stubs.users.asked(), 1);
}

#[tokio::test]
async fn a_reference_to_a_secret_that_was_never_typed_is_a_fault() {
    let mut bench = Bench::new();
    let Ended::Fault(fault) = bench.call(verify(0)).await else { panic!("it was made up") };
    assert_eq!(fault.kind, FaultKind::SecretGone);
}

fn post(secret: SecretRef) -> HostCall {
    let text = |before: &str| HttpText::Secret { before: before.to_owned(), secret: secret.clone() };
    let form = [("key".to_owned(), text("")), ("q".to_owned(), HttpText::Plain("a&b".to_owned()))];
    HostCall::Http(HttpCall {
        method: "POST".to_owned(),
        url: "https://risk.example.com/score".to_owned(),
        headers: [("authorization".to_owned(), text("Bearer "))].into(),
        body: Some(HttpBody::Form(form.into())),
        timeout_ms: 100,
    })
}

#[tokio::test]
async fn a_configured_secret_is_put_into_a_request_by_the_host() {
    let mut bench = Bench::new();
    bench.stubs.http.will_answer(Ok(HttpResponse { status: 200, headers: BTreeMap::new(), body: String::new() }));
    let ended = bench
        .request(|host| {
            let HostAnswer::Secret(secret) = host(HostCall::Secret { name: "api_key".to_owned() })? else {
                panic!("it is configured and lent");
            };
            host(post(secret))
        })
        .await;
    assert!(matches!(ended, Ended::Decided(HostAnswer::Http(_))), "{ended:?}");
    let sent = &bench.stubs.http.requests()[0];
    assert!(sent.contains("authorization: Bearer k-123") && sent.contains("key=k-123&q=a%26b"), "{sent}");
    assert!(!serde_json::to_string(&bench.flow.journal).unwrap().contains("k-123"));
}

#[tokio::test]
async fn an_unlent_or_unconfigured_secret_is_not_to_be_had() {
    let mut bench = Bench::new();
    bench.loan.secrets = ["absent".to_owned()].into();
    let absent = bench.call(HostCall::Secret { name: "absent".to_owned() }).await;
    assert!(matches!(absent, Ended::Decided(HostAnswer::Failed(CapabilityError::Invalid { .. }))), "{absent:?}");
    let made_up = post(SecretRef::Configured { name: "api_key".to_owned() });
    let Ended::Fault(fault) = bench.call(made_up).await else { panic!("a reference is no loan") };
    assert_eq!(fault.kind, FaultKind::SecretGone);
    assert!(bench.stubs.http.requests().is_empty());
}
