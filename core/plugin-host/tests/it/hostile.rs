//! What a plugin cannot do: outlast its limits, outgrow them, or take the process down. After each, the next call
//! works.

use crate::guest::{Guest, RETURN, store};
use crate::stage::{PATIENT, Setting, Stage};
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{HookKind, Limits};
use gatewright_plugin_host::{STACK_BYTES, TABLE_ELEMENTS_MAX};

const HOOK: HookKind = HookKind::Claims;

/// The fault of a plugin that runs on a thread with little stack, as no server would have; then that a good one runs
/// there.
#[track_caller]
fn fault(limits: Limits, guest: Guest) -> FaultKind {
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    let run = move || {
        let fault = Stage::set(Setting { limits, ..Setting::of(guest.hook) }, &guest).run().unwrap_err();
        let good = Guest::that(HOOK, &format!("{} (i32.const {RETURN})", store(RETURN, &[0, 0])));
        Stage::new(&good).run().unwrap();
        fault.kind
    };
    small.spawn(run).unwrap().join().unwrap()
}

fn overrun(body: &str) -> (&'static str, u64) {
    match fault(PATIENT, Guest::that(HOOK, body)) {
        FaultKind::Overrun { limit, max } => (limit, max),
        other => panic!("{other:?}"),
    }
}

fn threw(guest: Guest) -> String {
    match fault(PATIENT, guest) {
        FaultKind::Threw { message } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_endless_loop_ends_after_its_operations() {
    assert_eq!(overrun("(loop $again (br $again)) unreachable"), ("operations", PATIENT.operations));
}

#[test]
fn an_endless_loop_ends_after_its_time() {
    let limits = Limits { operations: Limits::MAX.operations, time_ms: 1, ..PATIENT };
    // A store through memory in each round: more time an instruction than it counts.
    let slow = "(loop $again (memory.fill (i32.const 65536) (i32.const 1) (i32.const 65536)) (br $again)) unreachable";
    let overrun = FaultKind::Overrun { limit: "milliseconds of computing", max: 1 };
    assert_eq!(fault(limits, Guest::that(HOOK, slow)), overrun);
}

#[test]
fn a_memory_grab_ends_at_its_memory() {
    let grab = "(loop $again (drop (memory.grow (i32.const 16))) (br $again)) unreachable";
    assert_eq!(overrun(grab), ("MiB of memory", PATIENT.memory_mib as u64));
    let at_once = "(drop (memory.grow (i32.const 65000))) unreachable";
    assert_eq!(overrun(at_once), ("MiB of memory", PATIENT.memory_mib as u64));
}

#[test]
fn a_deep_recursion_ends_at_its_stack() {
    let guest = Guest {
        more: "(func $deeper (param i32) (result i32)
                   (i32.add (call $deeper (i32.add (local.get 0) (i32.const 1))) (local.get 0)))"
            .to_owned(),
        ..Guest::that(HOOK, "(call $deeper (i32.const 0))")
    };
    let overrun = FaultKind::Overrun { limit: "bytes of stack", max: STACK_BYTES as u64 };
    assert_eq!(fault(PATIENT, guest), overrun);
}

#[test]
fn a_table_ends_at_its_elements() {
    let grow = "(loop $again (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $again)) unreachable";
    let guest = Guest { more: "(table $t 1 funcref)".to_owned(), ..Guest::that(HOOK, grow) };
    let overrun = FaultKind::Overrun { limit: "table elements", max: TABLE_ELEMENTS_MAX as u64 };
    assert_eq!(fault(PATIENT, guest), overrun);
}

#[test]
fn a_huge_decision_ends_at_its_bytes() {
    // Ten thousand claims, all lying over one another, each with a name of 64 KiB: 640 MiB as the host would keep them.
    let mut guest = Guest { memory: "8".to_owned(), ..Guest::of(HOOK) };
    guest.body = format!(
        "(loop $again
             (i32.store offset=131072 (i32.mul (local.get $n) (i32.const 24)) (i32.const 65536))
             (i32.store offset=131076 (i32.mul (local.get $n) (i32.const 24)) (i32.const 65536))
             (local.set $n (i32.add (local.get $n) (i32.const 1)))
             (br_if $again (i32.lt_u (local.get $n) (i32.const 10000))))
         {} (i32.const {RETURN})",
        store(RETURN, &[131_072, 10_000])
    );
    let overrun = FaultKind::Overrun { limit: "bytes handed over at once", max: PATIENT.output_bytes as u64 };
    assert_eq!(fault(PATIENT, guest), overrun);
}

#[test]
fn a_huge_call_ends_at_its_bytes() {
    let guest = Guest {
        memory: "8".to_owned(),
        ..Guest::that(HOOK, "(call $log.write (i32.const 0) (i32.const 0) (i32.const 400000)) unreachable")
    };
    let overrun = FaultKind::Overrun { limit: "bytes handed over at once", max: PATIENT.output_bytes as u64 };
    assert_eq!(fault(PATIENT, guest), overrun);
}

#[test]
fn a_trap_in_any_hook_is_its_fault() {
    for hook in HookKind::ALL {
        assert!(threw(Guest::that(hook, "unreachable")).contains("unreachable"), "{hook}");
    }
    assert!(threw(Guest::that(HOOK, "(i32.load (i32.const -1))")).contains("out of bounds"));
    assert!(threw(Guest::that(HOOK, "(i32.div_s (i32.const 1) (i32.const 0))")).contains("divide by zero"));
}

#[test]
fn a_decision_that_lies_outside_of_memory_is_a_fault() {
    assert!(threw(Guest::that(HOOK, "(i32.const -8)")).contains("out of bounds"));
    let body = format!("{} (i32.const {RETURN})", store(RETURN, &[65_536, 1_000_000]));
    assert!(threw(Guest::that(HOOK, &body)).contains("out of bounds"));
}

#[test]
fn a_decision_of_no_case_is_a_fault() {
    let body = format!("(i32.store8 (i32.const {RETURN}) (i32.const 9)) (i32.const {RETURN})");
    let message = threw(Guest::that(HookKind::SelectAcr, &body));
    assert!(message.contains("discriminant"), "{message}");
}

#[test]
fn text_that_is_not_utf_8_is_a_fault() {
    let mut guest = Guest::of(HookKind::SelectAcr);
    let text = guest.text(b"\xff\xfe");
    guest.body = format!("(call $log.write (i32.const 0) {text}) unreachable");
    assert_eq!(threw(guest), "it handed over text that is not UTF-8");
    let mut guest = Guest::of(HookKind::SelectAcr);
    guest.text(b"\xff\xfe");
    guest.body = format!("{} (i32.const {RETURN})", store(RETURN, &[3, 1024, 2]));
    assert_eq!(threw(guest), "it handed over text that is not UTF-8");
}

#[test]
fn nothing_of_one_call_is_left_in_the_next() {
    // Traps when it finds what it wrote before.
    let body = format!(
        "(if (i32.load (i32.const 50000)) (then unreachable))
         (i32.store (i32.const 50000) (i32.const 1))
         {} (i32.const {RETURN})",
        store(RETURN, &[0, 0])
    );
    let mut stage = Stage::new(&Guest::that(HOOK, &body));
    for _ in 0..100 {
        stage.run().unwrap();
    }
}

#[test]
fn many_hostile_calls_at_once_leave_room_for_others() {
    let threads: Vec<_> = (0..16)
        .map(|n| {
            std::thread::spawn(move || {
                let body = if n % 2 == 0 { "unreachable" } else { "(loop $again (br $again)) unreachable" };
                let mut stage = Stage::new(&Guest::that(HOOK, body));
                for _ in 0..20 {
                    stage.run().unwrap_err();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let good = Guest::that(HOOK, &format!("{} (i32.const {RETURN})", store(RETURN, &[0, 0])));
    Stage::new(&good).run().unwrap();
}

#[test]
fn a_damaged_component_is_refused_or_ends_within_its_limits() {
    let good = Guest::that(HOOK, &format!("{} (i32.const {RETURN})", store(RETURN, &[0, 0]))).component();
    let limits = Limits { operations: 2_000, ..PATIENT };
    let setting = Setting { limits, ..Setting::of(HOOK) };
    let (mut refused, mut ran) = (0, 0);
    for (place, mask) in (0..good.len()).step_by(23).zip([0xff, 1, 0x80, 0x40].into_iter().cycle()) {
        let mut damaged = good.clone();
        damaged[place] ^= mask;
        match setting.compile(&damaged) {
            Err(wrong) => {
                assert!(!wrong.is_empty());
                refused += 1;
            }
            Ok(program) => {
                Stage::with(setting.clone(), program).run().ok();
                ran += 1;
            }
        }
    }
    assert!(refused > 20 && ran > 5, "{refused} refused, {ran} ran");
}
