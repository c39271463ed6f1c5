//! Durable replay: what a plugin did before a page is done once, however often it runs.

use crate::guest::{ANSWER, Guest, RETURN, ask, fail, fail_with};
use crate::stage::{Setting, Stage};
use gatewright_domain::flow::{FaultKind, HOST_CALLS_MAX, HostAnswer, Visit, Wait};
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookInput, HookKind, Run};
use std::collections::BTreeMap;

fn failed(reason: &str) -> Run {
    Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason: reason.into() }))
}

#[test]
fn a_plugin_goes_on_past_its_page_and_what_came_before_happened_once() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let (key, more) = (guest.text("tries"), "(i64.const 1) (i64.const 60)");
    let count = format!("(call $kv.add {key} {more} (i32.const {ANSWER}))");
    let (first, second) = (ask(&mut guest, "One", &[("name", 0)]), ask(&mut guest, "Two", &[]));
    let (yes, no) = (fail(&mut guest, "counted two"), fail(&mut guest, "counted otherwise"));
    // result<s64, failure>: the sum lies 8 bytes in.
    guest.body = format!(
        "{count} {first} {count} {second} {count}
         (if (result i32) (i64.eq (i64.load (i32.const {})) (i64.const 3)) (then {yes}) (else {no}))",
        ANSWER + 8
    );
    let mut stage = Stage::new(&guest);
    assert_eq!(stage.form().title, "One");
    stage.submit(&[("name", "alice")]);
    assert_eq!(stage.form().title, "Two");
    stage.submit(&[]);
    assert_eq!(stage.run().unwrap(), failed("counted two"));
}

#[test]
fn the_answer_to_a_page_arrives() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "Sign in", &[("name", 0)]);
    // answer: values (list), action; a value: its field, the case, the text.
    guest.body = format!(
        "{page}
         (i32.store (i32.const {RETURN}) (i32.const 1))
         (i64.store align=4 (i32.const {}) (i64.load offset=12 align=4 (i32.load (i32.const {ANSWER}))))
         (i32.const {RETURN})",
        RETURN + 4
    );
    let mut stage = Stage::new(&guest);
    stage.form();
    stage.submit(&[("name", "alice")]);
    assert_eq!(stage.run().unwrap(), failed("alice"));
}

#[test]
fn time_and_randomness_stand_still_on_replay() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "Wait", &[]);
    let (same, other) = (fail(&mut guest, "the same"), fail(&mut guest, "another"));
    let (key, stored) = (guest.text("drawn"), guest.text("first"));
    // Before the page the time and the first random bytes are put into kv, by a call that is journaled: were they
    // others on replay, the run would have taken another path.
    guest.body = format!(
        "(local.set $long (call $clock.now-ms))
         (call $random.bytes (i32.const 8) (i32.const {ANSWER}))
         (call $kv.put {key} (i32.const 1) (i64.xor (local.get $long) (i64.load align=1 (i32.load (i32.const {ANSWER}))))
             (i32.const 0) (i64.const 60) (i32.const {ANSWER}))
         {page}
         (drop (i32.and {stored}))
         (if (result i32) (i64.eq (i64.add (local.get $long) (i64.const 100000)) (call $clock.now-ms))
             (then {same}) (else {other}))"
    );
    let mut stage = Stage::new(&guest);
    stage.form();
    stage.stub.clock.advance(100);
    stage.submit(&[]);
    assert_eq!(stage.run().unwrap(), failed("the same"));
}

#[test]
fn a_plugin_that_takes_another_path_is_a_fault() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "x", &[]);
    // The first text of the input: the client's id.
    guest.body = format!(
        "(call $log.write (i32.const 1) (i32.load (local.get $input)) (i32.load offset=4 (local.get $input)))
         {page} unreachable"
    );
    let mut stage = Stage::new(&guest);
    stage.form();
    let HookInput::Authenticate(input) = &mut stage.input else { panic!() };
    input.login.client.id = "another".into();
    stage.submit(&[]);
    assert_eq!(stage.run().unwrap_err().kind, FaultKind::Nondeterministic { place: 0 });
}

#[test]
fn a_visit_brings_its_parameters_back() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let url = guest.text("https://idp.example.com/");
    // The first pair: its name and, 8 bytes in, its value.
    guest.body = format!(
        "(call $pages.return-state (i32.const {ANSWER}))
         (call $pages.visit {url} (i32.const {ANSWER}))
         (i64.store align=4 (i32.const {ANSWER}) (i64.load offset=8 align=4 (i32.load (i32.const {ANSWER}))))
         {}",
        fail_with(ANSWER)
    );
    let mut stage = Stage::new(&guest);
    let visit = Visit { url: "https://idp.example.com/".into() };
    assert_eq!(stage.run().unwrap(), Run::Waiting(Wait::Visit(visit)));
    stage.next_request();
    assert!(stage.flow.journal.answer(HostAnswer::Returned(BTreeMap::from([("code".into(), "abc".into())]))));
    assert_eq!(stage.run().unwrap(), failed("abc"));
}

#[test]
fn a_visit_needs_a_state_of_its_own() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let url = guest.text("https://idp.example.com/");
    guest.body = format!("(call $pages.visit {url} (i32.const {ANSWER})) unreachable");
    assert!(matches!(Stage::new(&guest).run().unwrap_err().kind, FaultKind::Capability(_)));
}

#[test]
fn only_two_hooks_may_ask() {
    let mut guest = Guest::of(HookKind::Claims);
    let page = ask(&mut guest, "x", &[]);
    guest.body = format!("{page} unreachable");
    assert_eq!(Stage::new(&guest).run().unwrap_err().kind, FaultKind::NotInteractive);
}

#[test]
fn a_page_over_a_limit_is_a_fault() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "x", &[("Bad Name", 0)]);
    guest.body = format!("{page} unreachable");
    assert!(matches!(Stage::new(&guest).run().unwrap_err().kind, FaultKind::Page(_)));
}

#[test]
fn a_flood_of_host_calls_is_stopped() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let (text, key) = (guest.text("x"), guest.text("k"));
    for call in [
        "(drop (call $clock.now-ms))".to_owned(),
        format!("(call $log.write (i32.const 0) {text})"),
        format!("(call $kv.get {key} (i32.const {ANSWER}))"),
    ] {
        guest.body = format!("(loop $again {call} (br $again)) unreachable");
        let fault = Stage::set(Setting::of(guest.hook), &guest).run().unwrap_err();
        let overrun = FaultKind::Overrun { limit: "host calls", max: HOST_CALLS_MAX as u64 };
        assert_eq!(fault.kind, overrun, "{call}");
    }
}
