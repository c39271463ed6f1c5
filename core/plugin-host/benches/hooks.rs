//! What a call of a plugin costs, in microseconds: `cargo bench -p gatewright-plugin-host`. Each call is a fresh
//! instance. The best of several rounds, so that other work on the machine counts little.

#![allow(clippy::print_stdout, reason = "a measurement is read")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a measurement that cannot be set up fails")]

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../tests/it/guest.rs"]
mod guest;

use gatewright_domain::flow::{Flow, Host};
use gatewright_domain::hooks::{ClaimsInput, HookInput, HookKind, Limits, Program, Runtime, Unit};
use gatewright_domain::identifiers::BindingName;
use gatewright_plugin_host::WasmRuntime;
use gatewright_testing::capabilities::{StubTools, everything};
use guest::{ANSWER, Guest, RETURN};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CALLS_A_ROUND: u32 = 5_000;
const ROUNDS: u32 = 15;
const CLAIMS: usize = 10;

fn main() {
    let runtime = WasmRuntime::new(None);
    // The user's claims come back as they came: where they lie and how many there are, from the input.
    let claims = format!(
        "(i64.store align=4 (i32.const {RETURN}) (i64.load offset=52 align=4 (local.get $input))) (i32.const {RETURN})"
    );
    let timed = format!("(drop (call $clock.now-ms)) {claims}");
    let mut stored = Guest::of(HookKind::Claims);
    let key = stored.text("key");
    stored.body = format!("(call $kv.get {key} (i32.const {ANSWER})) {claims}");
    println!("{:>10}  µs a call", "");
    for (what, guest) in [
        ("claims: ten in, ten out", Guest::that(HookKind::Claims, &claims)),
        ("claims: the same, and the time", Guest::that(HookKind::Claims, &timed)),
        ("claims: the same, and a value from kv (two runs)", stored),
    ] {
        let program = compile(&runtime, &guest.component());
        println!("{:>10.2}  {what}", rounds(&*program).as_secs_f64() * 1e6);
    }
    let component = Guest::that(HookKind::Claims, &claims).component();
    let began = Instant::now();
    for _ in 0..20 {
        black_box(compile(&runtime, &component));
    }
    println!("{:>10.2}  compiling a small plugin", (began.elapsed() / 20).as_secs_f64() * 1e6);
}

fn compile(runtime: &WasmRuntime, component: &[u8]) -> Arc<dyn Program> {
    let files = BTreeMap::from([("hook.wasm".to_owned(), component.to_vec())]);
    let unit = Unit {
        binding: BindingName::parse("bench").expect("a name"),
        hook: HookKind::Claims,
        path: "hook.wasm".to_owned(),
        files: &files,
        loan: everything(),
        limits: Limits::default(),
    };
    runtime.compile(&unit).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn rounds(program: &dyn Program) -> Duration {
    let (binding, loan, stub) = (BindingName::parse("bench").expect("a name"), everything(), StubTools::new());
    let mut input = ClaimsInput::sample();
    input.user.claims = (0..CLAIMS).map(|n| (format!("claim_{n}"), format!("the value of claim {n}").into())).collect();
    let input = HookInput::Claims(input);
    let executor = tokio::runtime::Builder::new_current_thread().build().expect("an executor");
    let round = || {
        let began = Instant::now();
        executor.block_on(async {
            for _ in 0..CALLS_A_ROUND {
                let mut flow = Flow::default();
                let mut host = Host::new(&binding, &loan, &stub.tools, &mut flow, false);
                black_box(program.run(&input, &mut host).await.expect("a decision"));
            }
        });
        began.elapsed() / CALLS_A_ROUND
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}
