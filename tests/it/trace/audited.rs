//! Every command that changes something is in the audit log: when it was done, and when it was refused.

use super::printed;
use crate::policy_life::operator::Operator;
use crate::world::server::program;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A long password that nobody would guess, typed where one is asked for.
const TYPED: &str = "a-horse-that-reads-RFC-6749\n";

/// Runs a command on the data of the server in `directory`; answers whether it was done.
fn run(directory: &Path, words: &str) -> bool {
    let data = directory.join("data");
    let mut command = Command::new(program());
    command.args(words.split(' ')).args(["--data", data.to_str().unwrap()]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // One that asks for no password may have ended.
    let _ = child.stdin.take().unwrap().write_all(TYPED.as_bytes());
    child.wait().unwrap().success()
}

/// The entries, as action, target and outcome.
fn written(directory: &Path) -> Vec<(String, String, Value)> {
    let exported = printed(directory, &["audit", "export"]);
    let entries = exported.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries.map(|entry| (text(&entry, "action"), text(&entry, "target"), entry)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_changes_something_is_written_down_done_or_refused() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let operator = Operator::alone(here);
    let folder = |number| operator.version(number).to_str().unwrap().to_owned();
    let (first, second) = (operator.push(0), operator.push(1));
    let broken = here.join("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("policy.toml"), "[[nothing]]\n").unwrap();
    let (zero, broken) = (folder(0), broken.to_str().unwrap().to_owned());
    let table = [
        ("client add --id almanac --redirect-uri https://almanac.example/cb", "client.add", "almanac", true),
        ("client add --id almanac --redirect-uri https://almanac.example/cb", "client.add", "almanac", false),
        ("client rotate-secret almanac", "client.rotate_secret", "almanac", true),
        ("client rotate-secret nobody", "client.rotate_secret", "nobody", false),
        ("client remove almanac", "client.remove", "almanac", true),
        ("client remove almanac", "client.remove", "almanac", false),
        ("user add carol --subject c-1", "user.add", "c-1", true),
        ("user add carol", "user.add", "carol", false),
        ("user set-password carol", "user.set_password", "c-1", true),
        ("user set-password eve", "user.set_password", "eve", false),
        ("user unlock carol", "user.unlock", "c-1", true),
        ("user unlock eve", "user.unlock", "eve", false),
        ("user disable carol", "user.disable", "c-1", true),
        ("user disable eve", "user.disable", "eve", false),
        ("user enable carol", "user.enable", "c-1", true),
        ("user enable eve", "user.enable", "eve", false),
        ("user remove carol", "user.remove", "c-1", true),
        ("user remove carol", "user.remove", "carol", false),
        ("keys rotate --algorithm EdDSA", "keys.rotate", "EdDSA", false),
        ("admin bootstrap-token", "admin.bootstrap_token", "", true),
        ("admin revoke-bootstrap", "admin.revoke_bootstrap", "", true),
        (&format!("policy push {zero}"), "policy.push", &first, true),
        (&format!("policy push {broken}"), "policy.push", &broken, false),
        (&format!("policy push {zero} --activate"), "policy.push", &first, true),
        ("", "policy.activate", &first, true),
        ("policy activate 00000000", "policy.activate", "00000000", false),
        (&format!("policy activate {second}"), "policy.activate", &second, true),
        ("policy rollback", "policy.rollback", &first, true),
        ("policy rollback --to 00000000", "policy.rollback", "00000000", false),
        (&format!("policy revoke {second} --yes"), "policy.revoke", &second, true),
        (&format!("policy revoke {first} --yes"), "policy.revoke", &first, false),
        (&format!("policy shadow start {second}"), "policy.begin_shadow", &second, true),
        (&format!("policy shadow start {second}"), "policy.begin_shadow", &second, false),
        ("policy shadow stop", "policy.end_shadow", &second, true),
        ("policy shadow stop", "policy.end_shadow", "", false),
        (&format!("policy canary start {second}"), "policy.begin_canary", &second, false),
        (&format!("policy canary start {second} --share 10"), "policy.begin_canary", &second, true),
        ("policy canary widen 20", "policy.widen_canary", &second, true),
        ("policy canary promote", "policy.activate", &second, true),
        ("", "policy.end_canary", &second, true),
        ("policy canary widen 20", "policy.widen_canary", "", false),
        ("policy canary promote", "policy.promote_canary", "", false),
        ("policy canary stop", "policy.end_canary", "", false),
    ];
    let before = written(here).len();
    for (words, action, _, done) in table.iter().filter(|(words, ..)| !words.is_empty()) {
        assert_eq!(run(here, words), *done, "{words}: {action}");
    }
    let written = &written(here)[before..];
    let told: Vec<_> = written.iter().map(|(action, target, _)| (action.as_str(), target.as_str())).collect();
    assert_eq!(told, table.map(|(_, action, target, _)| (action, target)));
    for ((words, .., done), (_, _, entry)) in table.iter().zip(written) {
        let outcome = if *done { "done" } else { "refused" };
        assert_eq!(entry["outcome"], outcome, "{words}: {entry}");
        assert_eq!(entry["detail"]["problem"].is_string(), !done, "{words}: {entry}");
        assert!(!entry.to_string().contains("horse"), "{words}: {entry}");
    }
}
