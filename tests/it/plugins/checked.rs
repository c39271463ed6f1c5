//! `gatewright check` says what is wrong with a plugin and what to write where.

use super::guest::Guest;
use super::{policy, returning, wanting};
use crate::world::server::program;
use gatewright_domain::hooks::HookKind;
use std::process::Command;

#[test]
fn check_says_what_a_plugin_wants_to_be_lent() {
    let directory = tempfile::tempdir().unwrap();
    let plugin = |wants| wanting(wants, Guest::that(HookKind::Claims, &returning(&[0, 0])));
    let binding = "[[claims]]\nname = \"plugin\"\nscopes = [\"profile\"]\nclaims = [\"x\"]\nrun = \"x.wasm\"\n";
    let wants = "{ kv = true, http = [\"https://risk.example.com\"] }";
    let folder = policy(directory.path(), binding, &[("x.wasm", plugin(wants))]);
    std::fs::write(directory.path().join("master.key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let settings = format!(
        "issuer = \"http://localhost:1\"\nkeys.master_key_file = \"master.key\"\npolicy.directory = {folder:?}\n"
    );
    std::fs::write(directory.path().join("gatewright.toml"), settings).unwrap();
    let run = |command: &str| {
        let mut run = Command::new(program());
        let output = run.args([command, "--config", "gatewright.toml"]).current_dir(directory.path()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(run("migrate").0);
    let (fit, said) = run("check");
    assert!(!fit);
    assert!(said.contains("x.wasm:1") && said.contains("wants more than its binding is lent"), "{said}");
    assert!(said.contains("lend = { kv = true, http = [\"https://risk.example.com\"] }"), "{said}");
    std::fs::write(directory.path().join("policy/x.wasm"), plugin("[]")).unwrap();
    let (fit, said) = run("check");
    assert!(fit, "{said}");
    assert!(directory.path().join("compiled-plugins").is_dir());
}
