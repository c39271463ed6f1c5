//! What was not lent, or not stated, answers `not-lent`; what was, answers.

use crate::guest::{ANSWER, Guest, RETURN, fail_with, manifest};
use crate::stage::{Setting, Stage, decide};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookKind, Run};

const HOOK: HookKind = HookKind::Authenticate;

/// A call of each capability that can answer a failure, to be put into a guest of its own.
fn calls() -> Vec<(&'static str, Guest)> {
    let call = |make: fn(&mut Guest) -> String| {
        let mut guest = Guest::of(HOOK);
        guest.body = make(&mut guest);
        guest
    };
    vec![
        ("users", call(|guest| format!("(call $users.find-by-username {} (i32.const {ANSWER}))", guest.text("alice")))),
        ("users", call(|guest| format!("(call $users.find-by-subject {} (i32.const {ANSWER}))", guest.text("x")))),
        ("kv", call(|guest| format!("(call $kv.get {} (i32.const {ANSWER}))", guest.text("x")))),
        ("http", call(|guest| format!("(call $http.parse-json {} (i32.const {ANSWER}))", guest.text("1")))),
        ("secrets", call(|guest| format!("(call $secrets.get {} (i32.const {ANSWER}))", guest.text("api_key")))),
        (
            "network",
            call(|guest| {
                let (network, ip) = (guest.text("10.0.0.0/8"), guest.text("10.0.0.1"));
                format!("(call $network.contains {network} {ip} (i32.const {ANSWER}))")
            }),
        ),
    ]
}

/// Where the text of a failure lies in the answer of each call: after a case, and the case of the failure, each with
/// what is needed to align what follows.
fn reason(run: &Run) -> &str {
    match run {
        Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason })) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_manifest_does_not_state_answers_not_lent_though_it_was_lent() {
    for (capability, mut guest) in calls() {
        guest.manifest = Some(manifest(HOOK, "[]"));
        guest.body = format!(
            "{} (if (i32.load8_u offset=8 (i32.const {ANSWER})) (then unreachable)) {}",
            guest.body,
            fail_with(ANSWER + 16)
        );
        let run = Stage::new(&guest).run().unwrap();
        let expected = format!("{capability}, which the plugin's own manifest does not state");
        assert_eq!(reason(&run), expected);
    }
}

#[test]
fn a_log_line_that_is_not_lent_is_left_out() {
    let mut guest = Guest::of(HOOK);
    let (line, said) = (guest.text("x"), guest.span("went on"));
    let went_on = crate::guest::store(RETURN, &[1, said[0], said[1]]);
    guest.body = format!("(call $log.write (i32.const 1) {line}) {went_on} (i32.const {RETURN})");
    let mut stage = Stage::new(&guest);
    assert_eq!(reason(&stage.run().unwrap()), "went on");
    assert_eq!(stage.flow.journal.entries().len(), 1);
    guest.manifest = Some(manifest(HOOK, "[]"));
    let mut stage = Stage::new(&guest);
    assert_eq!(reason(&stage.run().unwrap()), "went on");
    assert_eq!(stage.flow.journal.entries().len(), 0);
}

#[test]
fn what_it_warned_of_last_is_why_it_gave_up() {
    let mut guest = Guest::of(HOOK);
    guest.manifest = Some(manifest(HOOK, "[]"));
    let (first, last) = (guest.text("first"), guest.text("the risk\nservice is down"));
    let warnings = format!("(call $log.write (i32.const 2) {first}) (call $log.write (i32.const 2) {last})");
    guest.body = format!("{warnings} unreachable");
    let message = "the riskservice is down".to_owned();
    assert_eq!(Stage::new(&guest).run().unwrap_err().kind, FaultKind::Threw { message });
    guest.body = format!("{warnings} (i32.load (i32.const -1))");
    let FaultKind::Threw { message } = Stage::new(&guest).run().unwrap_err().kind else { panic!() };
    assert!(message.contains("out of bounds"), "{message}");
}

#[test]
fn a_secret_that_is_not_lent_answers_not_lent() {
    let mut guest = Guest::of(HOOK);
    guest.manifest = Some(manifest(HOOK, "[\"secrets\"]"));
    let name = guest.text("other");
    guest.body = format!("(call $secrets.get {name} (i32.const {ANSWER})) {}", fail_with(ANSWER + 16));
    let loan = Loan { secrets: ["api_key".to_owned()].into(), ..Loan::default() };
    let run = Stage::set(Setting { loan, ..Setting::of(HOOK) }, &guest).run().unwrap();
    assert_eq!(reason(&run), "the secret `other`");
}

#[test]
fn what_was_lent_answers() {
    for (capability, mut guest) in calls() {
        let fails = "(if (i32.load8_u (i32.const 62000)) (then unreachable))";
        let text = guest.span("answered");
        let returned = crate::guest::store(RETURN, &[1, text[0], text[1]]);
        guest.body = format!("{} {fails} {returned} (i32.const {RETURN})", guest.body);
        let HookDecision::Authenticate(AuthenticateDecision::Fail { reason }) = decide(&guest) else { panic!() };
        assert_eq!(reason, "answered", "{capability}");
    }
}

#[test]
fn randomness_has_a_limit() {
    for count in [0, 257] {
        let body = format!("(call $random.bytes (i32.const {count}) (i32.const {ANSWER})) unreachable");
        let fault = Stage::new(&Guest::that(HOOK, &body)).run().unwrap_err().kind;
        assert!(matches!(fault, FaultKind::Capability(CapabilityError::Invalid { why }) if why.contains("1 to 256")));
    }
}

#[test]
fn a_request_without_a_time_is_refused() {
    let mut guest = Guest::of(HOOK);
    let (method, url) = (guest.text("GET"), guest.text("https://risk.example.com/"));
    let nothing = "(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0)";
    guest.body = format!(
        "(call $http.send {method} {url} {nothing} (i64.const 5001) (i32.const {ANSWER})) {}",
        fail_with(ANSWER + 16)
    );
    let mut stage = Stage::new(&guest);
    assert_eq!(reason(&stage.run().unwrap()), "a request takes 1 to 5000 milliseconds");
    assert!(stage.stub.http.requests().is_empty());
}
