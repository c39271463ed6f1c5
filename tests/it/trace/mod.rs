//! Traces and the audit log, as an operator meets them: a login is found and shown, nothing secret or personal is in it,
//! and what went wrong is kept whole whatever is sampled.

mod audit;
mod audited;
mod collector;
mod failed;
mod login;
mod retention;

use crate::plugins::guest::Guest;
use crate::plugins::{returning, server_with, wanting};
use crate::world::Server;
use crate::world::server::program;
use gatewright_domain::hooks::HookKind;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Longest wait until a trace is written, which happens beside the request, in seconds.
const WRITTEN_S_MAX: u64 = 20;

/// Beside the passwords: a plugin that adds no claim, a script that adds one to access tokens, one that breaks, two that
/// send each other round in a circle.
const BINDINGS: &str = r#"
[[claims]]
name = "badge"
run = "badge.wasm"
scopes = ["openid"]
claims = ["badge"]

[[customize_token]]
name = "tenant"
run = "tenant.rhai"
when = { token = ["access"] }

[[after_authentication]]
name = "breaks"
run = "breaks.rhai"
when = { acr = ["strong"] }
lend = ["log"]

[[authenticate]]
acr = "round"
level = 30
run = "round.rhai"

[[authenticate]]
acr = "about"
level = 30
run = "about.rhai"
"#;

const TENANT: &str = "fn customize_token(token) { keep().claim(\"tenant\", `of ${token.user.claims.email}`) }";
const BREAKS: &str = "fn after_authentication(login) {\n    throw `${login.user.claims.email} is not welcome`\n}\n";

fn traced(directory: &Path, sample_per_mille: &str, more: &[(&str, &str)]) -> Server {
    let badge = wanting("[]", Guest::that(HookKind::Claims, &returning(&[0, 0])));
    let files = [
        ("badge.wasm", badge),
        ("tenant.rhai", TENANT.into()),
        ("breaks.rhai", BREAKS.into()),
        ("round.rhai", "fn authenticate(login) { delegate(\"about\") }".into()),
        ("about.rhai", "fn authenticate(login) { delegate(\"round\") }".into()),
    ];
    let settings = [&[("GATEWRIGHT__TRACE__SAMPLE_PER_MILLE", sample_per_mille)], more].concat();
    server_with(directory, BINDINGS, &files, &settings)
}

/// Runs a command on the data of the server in `directory`.
fn gatewright(directory: &Path, arguments: &[&str]) -> Output {
    let data = directory.join("data");
    Command::new(program()).args(arguments).args(["--data", data.to_str().unwrap()]).output().unwrap()
}

/// What a command that succeeds prints.
fn printed(directory: &Path, arguments: &[&str]) -> String {
    let output = gatewright(directory, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(directory: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(directory, &[arguments, &["--json"]].concat())).unwrap()
}

/// The traces that a list shows, once there are so many.
fn listed(directory: &Path, arguments: &[&str], count: usize) -> Vec<Value> {
    let begin = Instant::now();
    loop {
        let list = json(directory, &[&["trace", "list"], arguments].concat());
        let traces = list["traces"].as_array().unwrap().clone();
        if traces.len() >= count {
            assert_eq!(traces.len(), count, "{arguments:?}: {traces:#?}");
            return traces;
        }
        assert!(begin.elapsed() < Duration::from_secs(WRITTEN_S_MAX), "{arguments:?}: {traces:#?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn id(trace: &Value) -> String {
    trace["trace"].as_str().unwrap().to_owned()
}
