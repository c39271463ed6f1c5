//! `gatewright policy`: what its author reads, and what programs do.

use crate::world::server::program;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn policy(arguments: &[&str], folder: &Path) -> Output {
    let (command, rest) = arguments.split_first().unwrap();
    Command::new(program()).args(["policy", command]).arg(folder).args(rest).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with the shipped manifest, and this claims binding besides.
fn folder(binding: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = fs::read_to_string(root().join("scripts/policy.toml")).unwrap();
    fs::write(folder.path().join("policy.toml"), format!("{manifest}\n{binding}")).unwrap();
    folder
}

const IDLE: &str = "[[customize_token]]\nrun = \"tokens/lifetime_and_audience.rhai\"\nlend = [\"users\"]\n";

#[test]
fn a_policy_with_warnings_alone_is_fit_and_one_with_an_error_is_not() {
    let warned = folder(IDLE);
    let checked = policy(&["check"], warned.path());
    let said = text(&checked.stdout);
    assert!(checked.status.success(), "{said}");
    assert!(
        said.contains("warning: `users` is lent to `customize_token/lifetime_and_audience`, which never uses it"),
        "{said}"
    );
    assert!(said.contains("no errors, 1 warning"), "{said}");
    let wrong = folder(&IDLE.replace("users", "user"));
    let checked = policy(&["check", "--json"], wrong.path());
    assert_eq!(checked.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(document["fit"], false);
    let found = &document["diagnostics"][0];
    assert_eq!((found["severity"].as_str(), found["hint"].as_str()), (Some("error"), Some("did you mean `users`?")));
    assert_eq!((found["file"].as_str(), found["column"].as_u64()), (Some("policy.toml"), Some(9)));
}

#[test]
fn a_watched_folder_is_looked_at_again_at_a_save() {
    let watched = folder("");
    let mut child = Command::new(program())
        .args(["policy", "check", "--watch", "--json"])
        .arg(watched.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap()["fit"].clone();
    assert_eq!(next(), true);
    let manifest = watched.path().join("policy.toml");
    fs::write(&manifest, "default_acr = \"pwd\"\n").unwrap();
    assert_eq!(next(), false);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_is_published_is_what_this_program_prints() {
    let out = tempfile::tempdir().unwrap();
    for (command, published) in [("schema", "scripts/schemas"), ("definitions", "scripts/definitions")] {
        let into = out.path().join(command);
        let printed = Command::new(program()).args(["policy", command, "--out"]).arg(&into).output().unwrap();
        assert!(printed.status.success(), "{}", text(&printed.stderr));
        let mut met = 0;
        for entry in fs::read_dir(root().join(published)).unwrap() {
            let entry = entry.unwrap();
            let written = fs::read_to_string(into.join(entry.file_name())).unwrap();
            assert_eq!(fs::read_to_string(entry.path()).unwrap(), written, "{:?}", entry.file_name());
            met += 1;
        }
        assert_eq!(met, fs::read_dir(&into).unwrap().count());
    }
}

#[test]
fn what_would_run_for_a_request_is_explained() {
    let folder = root().join("examples/policies/payments");
    let explained = policy(&["explain", "--client", "demo", "--scope", "openid payments", "--json"], &folder);
    assert!(explained.status.success(), "{}", text(&explained.stderr));
    let document: Value = serde_json::from_slice(&explained.stdout).unwrap();
    let hooks = document["hooks"].as_array().unwrap();
    let authenticate = hooks.iter().find(|row| row["hook"] == "authenticate").unwrap();
    let running = authenticate["bindings"].as_array().unwrap().iter().filter(|binding| binding["runs"] == true);
    assert_eq!(running.count(), 1, "{document:#}");
    let unknown = policy(&["explain", "--client", "demo"], Path::new("/nowhere/at/all"));
    assert!(
        !unknown.status.success() && text(&unknown.stderr).contains("/nowhere/at/all"),
        "{}",
        text(&unknown.stderr)
    );
}
