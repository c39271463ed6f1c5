//! What plugins cost: `cargo bench -p gatewright-plugin-host`. Each call is a fresh instance. The least of many short
//! rounds: one of them is not interrupted by other work on the machine. The figures are written down in `plugins/README.md`.

#![allow(clippy::print_stdout, reason = "a measurement is read")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a measurement that cannot be set up fails")]

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../../tests/it/guest.rs"]
mod guest;
mod rust;
mod start;

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

const CALLS_A_ROUND: u32 = 50;
const ROUNDS: u32 = 2_000;
const CLAIMS: usize = 10;
const COMPILATIONS: u32 = 20;

fn main() {
    let runtime = WasmRuntime::new(None);
    let (told, stored, timed) = least();
    println!("{:>10}  claims, ten in: µs a call", "");
    let mut guests = vec![
        ("a guest that computes nothing: ten out", told.component()),
        ("the same, and the time", timed.component()),
        ("the same, and a value from kv (two runs)", stored.component()),
    ];
    let rust = rust::guests();
    if let Some(rust) = &rust {
        guests.push(("Rust with the SDK: ten out", rust.ten.clone()));
        guests.push(("Rust with the SDK: email-domain-claims", rust.email_domain.clone()));
    } else {
        println!("left out: plugins in Rust (rustup target add {})", rust::TARGET);
    }
    for (what, component) in guests {
        let program = compile(&runtime, &component);
        println!("{:>10.2}  {what}", micros(rounds(&*program)));
    }
    println!("\n{:>10}  compiling and starting: ms", "");
    let component = told.component();
    println!("{:>10.2}  compiling the guest that computes nothing", millis(compilation(&runtime, &component)));
    if let Some(rust) = &rust {
        println!("{:>10.2}  compiling email-domain-claims", millis(compilation(&runtime, &rust.email_domain)));
        let (cold, cached) = start::of_six(rust);
        println!("{:>10.2}  starting with six plugins that nobody has compiled yet", millis(cold));
        println!("{:>10.2}  starting with the six that an earlier start has compiled", millis(cached));
    }
}

/// Guests written by hand, as small as a guest can be: what the host itself takes.
fn least() -> (Guest, Guest, Guest) {
    // The user's claims come back as they came: where they lie and how many there are, from the input.
    let claims = format!(
        "(i64.store align=4 (i32.const {RETURN}) (i64.load offset=52 align=4 (local.get $input))) (i32.const {RETURN})"
    );
    let timed = format!("(drop (call $clock.now-ms)) {claims}");
    let mut stored = Guest::of(HookKind::Claims);
    let key = stored.text("key");
    stored.body = format!("(call $kv.get {key} (i32.const {ANSWER})) {claims}");
    (Guest::that(HookKind::Claims, &claims), stored, Guest::that(HookKind::Claims, &timed))
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

fn compilation(runtime: &WasmRuntime, component: &[u8]) -> Duration {
    let round = || {
        let began = Instant::now();
        black_box(compile(runtime, component));
        began.elapsed()
    };
    (0..COMPILATIONS).map(|_| round()).min().unwrap_or_default()
}

fn rounds(program: &dyn Program) -> Duration {
    let (binding, loan, stub) = (BindingName::parse("bench").expect("a name"), everything(), StubTools::new());
    let mut input = ClaimsInput::sample();
    input.user.claims.insert("email_verified".to_owned(), true.into());
    let more = input.user.claims.len()..CLAIMS;
    input.user.claims.extend(more.map(|n| (format!("claim_{n}"), format!("the value of claim {n}").into())));
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

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
