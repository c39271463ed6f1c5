//! A plugin whose language imports WASI: time and randomness are the host's, printing is heard in a trap alone, and
//! nothing else is there.

use crate::guest::{ANSWER, Guest, ask, fail};
use crate::stage::Stage;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookKind, Run};

const HOOK: HookKind = HookKind::Authenticate;

fn failed(reason: &str) -> Run {
    Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason: reason.into() }))
}

#[test]
fn time_and_randomness_of_wasi_stand_still_on_replay() {
    let mut guest = Guest::of(HOOK);
    let page = ask(&mut guest, "Wait", &[]);
    let (yes, no) = (fail(&mut guest, "as it should"), fail(&mut guest, "otherwise"));
    let key = guest.text("drawn");
    guest.body = format!(
        "(call $kv.put {key} (i32.const 1) (i64.xor (call $wasi.random-u64) (call $wasi.monotonic)) (i32.const 0)
             (i64.const 60) (i32.const {ANSWER}))
         (call $wasi.wall (i32.const {ANSWER}))
         (local.set $long (i64.load (i32.const {ANSWER})))
         {page}
         (call $wasi.wall (i32.const {ANSWER}))
         (if (result i32) (i32.and
                 (i64.eq (i64.load (i32.const {ANSWER})) (i64.add (local.get $long) (i64.const 100)))
                 (i64.eq (i64.div_u (call $wasi.monotonic) (i64.const 1000000000)) (i64.load (i32.const {ANSWER}))))
             (then {yes}) (else {no}))"
    );
    let mut stage = Stage::new(&guest);
    stage.form();
    stage.stub.clock.advance(100);
    stage.submit(&[]);
    assert_eq!(stage.run().unwrap(), failed("as it should"));
}

#[test]
fn there_is_no_environment() {
    let mut guest = Guest::of(HOOK);
    let (yes, no) = (fail(&mut guest, "none"), fail(&mut guest, "some"));
    guest.body = format!(
        "(i32.store (i32.const {count}) (i32.const 7))
         (call $wasi.environment (i32.const {ANSWER}))
         (if (result i32) (i32.eqz (i32.load (i32.const {count}))) (then {yes}) (else {no}))",
        count = ANSWER + 4
    );
    let mut stage = Stage::new(&guest);
    assert_eq!(stage.run().unwrap(), failed("none"));
    assert!(stage.flow.journal.entries().is_empty());
}

#[test]
fn what_it_printed_is_why_it_gave_up_and_is_no_host_call() {
    let mut guest = Guest::of(HOOK);
    let (one, two) = (guest.text("panicked at "), guest.text("lib.rs:7\n"));
    guest.body = format!(
        "(local.set $n (call $wasi.stderr))
         (call $wasi.write (local.get $n) {one} (i32.const {ANSWER}))
         (call $wasi.write (local.get $n) {two} (i32.const {ANSWER}))
         unreachable"
    );
    let mut stage = Stage::new(&guest);
    let message = "panicked at lib.rs:7".to_owned();
    assert_eq!(stage.run().unwrap_err().kind, FaultKind::Threw { message });
    assert!(stage.flow.journal.entries().is_empty());
}

#[test]
fn what_wasi_has_beside_is_not_lent() {
    for (body, what) in [
        ("(call $wasi.exit (i32.const 0)) unreachable", "wasi:cli/exit#exit"),
        ("(drop (call $wasi.network)) unreachable", "wasi:sockets/instance-network#instance-network"),
    ] {
        let fault = Stage::new(&Guest::that(HOOK, body)).run().unwrap_err().kind;
        assert_eq!(fault, FaultKind::Capability(CapabilityError::NotLent { what: what.to_owned() }));
    }
}

#[test]
fn more_randomness_than_a_call_may_draw_is_a_fault() {
    let body = format!("(call $wasi.random-bytes (i64.const 257) (i32.const {ANSWER})) unreachable");
    let fault = Stage::new(&Guest::that(HOOK, &body)).run().unwrap_err().kind;
    assert!(matches!(fault, FaultKind::Capability(CapabilityError::Invalid { why }) if why.contains("at most 256")));
}
