//! What a call costs is counted as the limits count it.

use crate::guest::{Guest, RETURN, ask, fail, store};
use crate::stage::Stage;
use gatewright_domain::flow::{FaultKind, Wait};
use gatewright_domain::hooks::{HookInput, HookKind, Limits, Run};
use gatewright_plugin_host::{Cost, Gauge, INSTRUCTIONS_AN_OPERATION, WasmRuntime};
use gatewright_testing::capabilities::StubTools;
use std::sync::LazyLock;

static RUNTIME: LazyLock<WasmRuntime> = LazyLock::new(|| WasmRuntime::new(None));
const PAGE: usize = 64 * 1024;

fn gauge(guest: &Guest) -> Gauge {
    RUNTIME.gauge(&guest.component(), guest.hook).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn call(guest: &Guest) -> (Result<Run, FaultKind>, Cost) {
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (gauge, input, stub) = (gauge(guest), HookInput::sample(guest.hook), StubTools::new());
    let (ended, cost) = executor.block_on(gauge.call(&input, &stub.tools));
    (ended.map_err(|fault| fault.kind), cost)
}

/// Decides nothing after `body`.
fn claims(body: &str) -> Guest {
    Guest::that(HookKind::Claims, &format!("{body} {} (i32.const {RETURN})", store(RETURN, &[0, 0])))
}

/// So many rounds of eight instructions.
fn rounds(count: u64) -> Guest {
    claims(&format!(
        "(local.set $n (i32.const {count}))
         (loop $again (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $again (local.get $n)))"
    ))
}

#[test]
fn a_call_that_asks_nothing_is_one_run_of_the_memory_it_has() {
    let (ended, cost) = call(&claims(""));
    assert!(matches!(ended, Ok(Run::Decided(_))));
    assert_eq!((cost.runs, cost.memory_bytes), (1, 2 * PAGE));
    assert!(cost.operations >= 1 && !cost.time.is_zero());
    let (_, grown) = call(&claims("(drop (memory.grow (i32.const 3)))"));
    assert_eq!(grown.memory_bytes, 5 * PAGE);
}

#[test]
fn operations_are_counted_in_instructions() {
    let (few, many) = (call(&rounds(10_000)).1.operations, call(&rounds(20_000)).1.operations);
    // Between four and eight instructions are counted of a round.
    let more = (many - few) * INSTRUCTIONS_AN_OPERATION / 10_000;
    assert!((4..=8).contains(&more), "{more} instructions a round");
}

#[test]
fn a_host_call_costs_a_run_more() {
    let mut guest = claims("");
    let key = guest.text("key");
    guest.body = format!("(call $kv.get {key} (i32.const 62000)) {}", guest.body);
    let (ended, cost) = call(&guest);
    assert!(matches!(ended, Ok(Run::Decided(_))), "{ended:?}");
    assert_eq!(cost.runs, 2);
}

#[test]
fn a_hook_that_asks_is_measured_to_its_first_page() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "Sign in", &[("username", 0)]);
    guest.body = format!("{page} {}", fail(&mut guest, "no"));
    let (ended, cost) = call(&guest);
    assert!(matches!(ended, Ok(Run::Waiting(Wait::Page(_)))), "{ended:?}");
    assert_eq!(cost.runs, 1);
}

#[test]
fn one_that_goes_over_its_operations_has_cost_all_of_them() {
    let (ended, cost) = call(&rounds(1_000_000_000));
    let max = Limits::default().operations;
    assert!(matches!(ended, Err(FaultKind::Overrun { .. })), "{ended:?}");
    assert_eq!(cost.operations, max);
}

#[test]
fn a_plugin_is_lent_what_it_wants_and_what_is_wrong_with_it_is_told() {
    let loan = gauge(&claims("")).loan().clone();
    assert!(loan.kv && loan.secrets.contains("api_key") && loan.http.is_some());
    let mut modest = claims("");
    modest.manifest = Some(crate::guest::manifest(HookKind::Claims, "[\"secrets\", \"http\"]"));
    let loan = gauge(&modest).loan().clone();
    assert!(!loan.kv && loan.secrets.len() == 1 && loan.http.is_some());
    assert!(RUNTIME.gauge(b"no plugin", HookKind::Claims).is_err());
    assert!(RUNTIME.gauge(&claims("").component(), HookKind::Consent).is_err());
}

#[test]
fn a_call_says_how_many_instructions_it_took() {
    let mut few = Stage::new(&rounds(10_000));
    few.run().unwrap();
    let mut many = Stage::new(&rounds(20_000));
    many.run().unwrap();
    let (few, many) = (few.spent, many.spent);
    assert!(few.fuel.unwrap() >= 40_000 && many.fuel.unwrap() >= few.fuel.unwrap() + 40_000, "{few:?} {many:?}");
    assert_eq!(many.operations, None);
}
