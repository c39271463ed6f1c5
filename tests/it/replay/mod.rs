//! A candidate is held against recorded logins, and then put live: what was predicted happens, login by login. A live
//! policy that fails too often is taken back.

mod prediction;
mod quarantine;

use crate::plugins::server_with;
use crate::world::Server;
use crate::world::server::program;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Longest wait for what happens beside a request, in seconds.
const TOLD_S_MAX: u64 = 60;

const BINDINGS: &str = r#"
[[after_authentication]]
run = "gate.rhai"

[[claims]]
run = "label.rhai"
scopes = ["openid"]
claims = ["label"]

[[customize_token]]
run = "tenant.rhai"
when = { token = ["id"] }
"#;

const GATE: &str = "fn after_authentication(login) { proceed() }";
const LABEL: &str = "fn claims(about) { #{ label: \"plain\" } }";
const TENANT: &str = "fn customize_token(token) { keep().claim(\"tenant\", \"one\") }";

fn server(directory: &Path, settings: &[(&str, &str)]) -> Server {
    let files = [("gate.rhai", GATE.into()), ("label.rhai", LABEL.into()), ("tenant.rhai", TENANT.into())];
    server_with(directory, BINDINGS, &files, settings)
}

/// The server's folder with other scripts.
fn candidate(directory: &Path, scripts: &[(&str, &str)]) -> String {
    let (from, to) = (directory.join("policy"), directory.join("candidate"));
    std::fs::create_dir(&to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(|file| file.unwrap().path()) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
    for (path, text) in scripts {
        std::fs::write(to.join(path), text).unwrap();
    }
    to.to_str().unwrap().to_owned()
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

/// What a command prints, once that is as it should be.
fn until(directory: &Path, arguments: &[&str], is_there: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let output = gatewright(directory, &[arguments, &["--json"]].concat());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        if is_there(&found) {
            return found;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(begin.elapsed() < Duration::from_secs(TOLD_S_MAX), "{arguments:?}: {found:#} {said}");
        std::thread::sleep(Duration::from_millis(200));
    }
}
