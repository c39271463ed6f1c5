//! What a hook call costs, in microseconds: `cargo bench -p gatewright-script-host`. The best of several rounds, so
//! that other work on the machine counts little.

#![allow(clippy::print_stdout, reason = "a measurement is read")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a measurement that cannot be set up fails")]

use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::{Flow, Host};
use gatewright_domain::hooks::{
    AuthenticateInput, ClaimsInput, CustomizeTokenInput, HookInput, HookKind, Limits, Program, Runtime, SelectAcrInput,
    Unit,
};
use gatewright_domain::identifiers::BindingName;
use gatewright_script_host::{RhaiRuntime, STACK_BYTES};
use gatewright_testing::capabilities::{StubTools, everything};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CALLS_A_ROUND: u32 = 20_000;
const ROUNDS: u32 = 15;

const CASES: [(&str, HookKind, &str); 7] = [
    ("select_acr: pass()", HookKind::SelectAcr, "fn select_acr(login) { pass() }"),
    (
        "select_acr: by client, scope and acr_values",
        HookKind::SelectAcr,
        r#"fn select_acr(login) {
            if login.client.id == "billing" || "payments" in login.scope { return use_acr("otp"); }
            for acr in login.acr_values { if acr == "otp" { return use_acr(acr); } }
            pass()
        }"#,
    ),
    (
        "select_acr: the whole input handed on",
        HookKind::SelectAcr,
        "fn select_acr(login) { decide(login) } fn decide(l) { if l.client.first_party { pass() } else { use_acr(\"pwd\") } }",
    ),
    (
        "claims: two from the account",
        HookKind::Claims,
        r#"fn claims(about) {
            if about.destination == "id_token" && !("org_name" in about.requested) { return pass(); }
            #{ org_name: about.user.claims.org_name, user_name: about.user.username }
        }"#,
    ),
    (
        "customize_token: lifetime, audience, a claim",
        HookKind::CustomizeToken,
        r#"fn customize_token(token) {
            if token.kind != "access" { return keep(); }
            if "payments" in token.scope { return keep().lifetime(60); }
            keep().lifetime(300).audience(["https://api.example.com"]).claim("tier", "gold")
        }"#,
    ),
    (
        "claims: 30 lines with loops",
        HookKind::Claims,
        r#"fn role_of(group) {
            switch group { "staff" => "employee", "admins" => "administrator", _ => () }
        }
        fn claims(about) {
            let roles = [];
            for group in about.user.claims.groups ?? [] {
                let role = role_of(group);
                if role != () && !(role in roles) { roles.push(role); }
            }
            let wanted = about.scope.filter(|s| s.starts_with("p")).map(|s| s.to_upper());
            let n = 0;
            for s in about.scope { n += s.len; }
            #{ roles: roles, wanted: wanted.join(" "), n: n }
        }"#,
    ),
    (
        "authenticate: to its page",
        HookKind::Authenticate,
        r#"fn authenticate(login) {
            let answer = ask(form("Sign in").text("username").password("password"));
            let user = users::verify_password(answer.username, answer.password);
            if user != () { return authenticated(user, ["pwd"]); }
            fail("no")
        }"#,
    ),
];

fn main() {
    // Threads with stack enough, as the server's are.
    let threads = std::thread::Builder::new().stack_size(STACK_BYTES + 512 * 1024);
    threads.spawn(measure).expect("a thread").join().expect("no panic");
}

fn measure() {
    let runtime = RhaiRuntime::new();
    let (binding, loan) = (BindingName::parse("bench").expect("a name"), everything());
    println!("{:>10}  µs a call", "");
    for (what, hook, script) in CASES {
        let program = compile(&runtime, &binding, &loan, hook, script);
        println!("{:>10.2}  {what}", micros(call_rounds(&*program, &binding, &loan, &input(hook))));
    }
    let script = CASES[1].2;
    let began = Instant::now();
    for _ in 0..100 {
        black_box(compile(&runtime, &binding, &loan, HookKind::SelectAcr, script));
    }
    println!("{:>10.2}  compiling a small script", micros(began.elapsed() / 100));
}

fn compile(
    runtime: &RhaiRuntime,
    binding: &BindingName,
    loan: &Loan,
    hook: HookKind,
    script: &str,
) -> Arc<dyn Program> {
    let files = BTreeMap::from([("hook.rhai".to_owned(), script.as_bytes().to_vec())]);
    let unit = Unit {
        binding: binding.clone(),
        hook,
        path: "hook.rhai".to_owned(),
        files: &files,
        loan: loan.clone(),
        limits: Limits::default(),
    };
    runtime.compile(&unit).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn input(hook: HookKind) -> HookInput {
    match hook {
        HookKind::SelectAcr => HookInput::SelectAcr(SelectAcrInput::sample()),
        HookKind::Authenticate => HookInput::Authenticate(AuthenticateInput::sample()),
        HookKind::CustomizeToken => HookInput::CustomizeToken(CustomizeTokenInput::sample()),
        _ => HookInput::Claims(ClaimsInput::sample()),
    }
}

fn call_rounds(program: &dyn Program, binding: &BindingName, loan: &Loan, input: &HookInput) -> Duration {
    let stub = StubTools::new();
    let executor = tokio::runtime::Builder::new_current_thread().build().expect("an executor");
    let interactive = input.kind().is_interactive();
    let round = || {
        let began = Instant::now();
        executor.block_on(async {
            for _ in 0..CALLS_A_ROUND {
                let mut flow = Flow::default();
                let mut host = Host::new(binding, loan, &stub.tools, &mut flow, interactive);
                black_box(program.run(input, &mut host).await.expect("a decision or a page"));
            }
        });
        began.elapsed() / CALLS_A_ROUND
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
