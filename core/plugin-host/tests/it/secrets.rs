//! A secret is a handle: it is handed on to host functions, and what it stands for never enters the plugin.

use crate::guest::{ANSWER, Guest, fail_with, signs_in};
use crate::stage::Stage;
use gatewright_domain::capabilities::http::HttpResponse;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookKind, Run};
use std::collections::BTreeMap;

fn is_authenticated(run: &Run) -> bool {
    matches!(run, Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Authenticated { .. })))
}

#[test]
fn a_typed_password_is_checked_by_its_handle() {
    let mut stage = Stage::new(&signs_in());
    stage.form();
    stage.submit(&[("username", "alice"), ("password", "wonderland")]);
    let run = stage.run().unwrap();
    assert!(is_authenticated(&run), "{run:?}");
    assert!(!serde_json::to_string(&stage.flow.journal).unwrap().contains("wonderland"));
    let mut stage = Stage::new(&signs_in());
    stage.form();
    stage.submit(&[("username", "alice"), ("password", "wrong")]);
    assert!(!is_authenticated(&stage.run().unwrap()));
}

#[test]
fn a_typed_secret_is_gone_after_its_page() {
    let mut stage = Stage::new(&signs_in());
    stage.form();
    stage.submit(&[("username", "alice"), ("password", "wonderland")]);
    stage.next_request();
    assert_eq!(stage.run().unwrap_err().kind, FaultKind::SecretGone);
}

#[test]
fn a_handle_that_was_never_given_is_refused() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let name = guest.text("alice");
    // The failure's text lies 16 bytes in.
    guest.body =
        format!("(call $users.verify-password {name} (i32.const 7) (i32.const {ANSWER})) {}", fail_with(ANSWER + 16));
    let run = Stage::new(&guest).run().unwrap();
    let reason = "this run holds no secret 7".to_owned();
    assert_eq!(run, Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason })));
}

#[test]
fn a_configured_secret_reaches_its_request_and_nothing_else() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let name = guest.text("api_key");
    let (method, url) = (guest.text("get"), guest.text("https://risk.example.com/"));
    let (header, before) = (guest.span("authorization"), guest.span("Bearer "));
    // A header: its name, the case `secret`, what stands before it, the handle (0: the first of this run).
    let headers = guest.words(&[&header[..], &[1], &before, &[0]].concat());
    let no_body = "(i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0)";
    // response: status, headers, and 20 bytes into the result the body.
    guest.body = format!(
        "(call $secrets.get {name} (i32.const {ANSWER}))
         (if (i32.load offset=8 (i32.const {ANSWER})) (then unreachable))
         (call $http.send {method} {url} (i32.const {headers}) (i32.const 1) {no_body} (i64.const 1000)
             (i32.const {ANSWER}))
         {}",
        fail_with(ANSWER + 20)
    );
    let mut stage = Stage::new(&guest);
    stage.stub.http.will_answer(Ok(HttpResponse { status: 200, headers: BTreeMap::new(), body: "fine".into() }));
    let run = stage.run().unwrap();
    let reason = "fine".to_owned();
    assert_eq!(run, Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason })));
    assert_eq!(stage.stub.http.requests(), ["GET https://risk.example.com/\nauthorization: Bearer k-123"]);
    assert!(!serde_json::to_string(&stage.flow.journal).unwrap().contains("k-123"));
}
