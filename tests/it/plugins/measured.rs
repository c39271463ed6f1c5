//! `gatewright plugin bench` measures each hook that a plugin serves.

use super::guest::{Guest, ask, fail};
use super::{returning, wanting};
use crate::world::server::program;
use gatewright_domain::hooks::HookKind;
use std::process::{Command, Output};

fn bench(plugin: Vec<u8>, more: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("x.wasm"), plugin).unwrap();
    let mut run = Command::new(program());
    run.args(["plugin", "bench", "x.wasm"]).args(more).current_dir(directory.path()).output().unwrap()
}

fn measured(plugin: Vec<u8>) -> String {
    let output = bench(plugin, &["--seconds", "1"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The cells of the row of `hook`.
fn row<'t>(text: &'t str, hook: &str) -> Vec<&'t str> {
    let line = text.lines().find(|line| line.starts_with(&format!("{hook} ")) && line.contains('.'));
    line.unwrap_or_else(|| panic!("no row of {hook}:\n{text}")).split_whitespace().collect()
}

#[test]
fn a_hook_that_decides_is_measured_to_its_decision() {
    let plugin = wanting("[]", Guest::that(HookKind::Claims, &returning(&[0, 0])));
    let text = measured(plugin);
    let row = row(&text, "claims");
    let [_, calls, min, median, p99, runs, operations, memory_kib] = row[..] else { panic!("{row:?}") };
    let [calls, min, median, p99] = [calls, min, median, p99].map(|cell| cell.parse::<f64>().unwrap());
    assert!(calls >= 1.0 && 0.0 < min && min <= median && median <= p99, "{text}");
    assert_eq!((runs, memory_kib), ("1", "128"), "{text}");
    assert!(operations.parse::<u64>().unwrap() >= 1 && text.contains("claims decides\n"), "{text}");
}

#[test]
fn a_hook_that_waits_is_measured_to_its_first_page_and_one_that_fails_says_why() {
    let mut guest = Guest::of(HookKind::Authenticate);
    let page = ask(&mut guest, "Who are you?", &[("username", 0)]);
    guest.body = format!("{page} {}", fail(&mut guest, "no"));
    let text = measured(wanting("[]", guest));
    assert!(text.contains("authenticate asks \"Who are you?\"; measured to there"), "{text}");
    assert_eq!(row(&text, "authenticate").len(), 8);
    let text = measured(wanting("[]", Guest::that(HookKind::Claims, "(loop $again (br $again)) unreachable")));
    assert!(text.contains("claims fails: it reached its limit of"), "{text}");
}

#[test]
fn what_cannot_be_measured_is_told() {
    let refused = |plugin: Vec<u8>, more: &[&str]| {
        let output = bench(plugin, more);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let good = wanting("[]", Guest::that(HookKind::Claims, &returning(&[0, 0])));
    assert!(refused(good.clone(), &["--hook", "consent"]).contains("test does not serve consent"));
    assert!(refused(b"text".to_vec(), &[]).contains("cannot be read as a WASM component"));
    for wrong in [["--hook", "claim"], ["--seconds", "0"], ["--seconds", "601"]] {
        assert_eq!(bench(good.clone(), &wrong).status.code(), Some(2), "{wrong:?}");
    }
}
