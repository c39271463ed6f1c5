//! A released folder of the interfaces is frozen: whoever built a plugin against it built it against these bytes. And a
//! plugin that was built against it then (`tests/released`) runs for ever.

use crate::guest::{calls_everything, signs_in};
use crate::stage::{Setting, Stage};
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookKind, Run};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// Each released version with the SHA-256 over its files: for each, sorted, its name, a NUL, its length in decimal, a
/// NUL, its bytes. To change an interface, make a folder of a new version.
const RELEASED: [(&str, &str); 1] = [("v0.1", "cb45acb792e7ab23e23936a303ca2b5328a232633ba6b0f2876c349b18088d0d")];

fn digest(folder: &Path) -> String {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        let (name, bytes) = (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap());
        hash.update(format!("{name}\0{}\0", bytes.len()));
        hash.update(bytes);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn a_released_version_of_the_interfaces_never_changes() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/wit");
    let entries = std::fs::read_dir(&wit).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut folders: Vec<_> = folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    folders.sort();
    assert_eq!(folders, RELEASED.map(|(version, _)| version), "each folder is released; add the new one here");
    for (version, expected) in RELEASED {
        assert_eq!(digest(&wit.join(version)), expected, "{version} is released; make a folder of a new version");
    }
}

/// A plugin of version 0.1: it signs in by password, and has a call of every function of the host in it.
const V0_1: &[u8] = include_bytes!("../released/v0.1.wasm");

#[test]
fn a_plugin_of_a_released_version_signs_in() {
    let setting = Setting::of(HookKind::Authenticate);
    let program = setting.compile(V0_1).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    for (password, right) in [("wonderland", true), ("wrong", false)] {
        let mut stage = Stage::with(setting.clone(), program.clone());
        assert_eq!(stage.form().title, "Sign in");
        stage.submit(&[("username", "alice"), ("password", password)]);
        let run = stage.run().unwrap();
        let Run::Decided(HookDecision::Authenticate(decision)) = run else { panic!("{run:?}") };
        assert_eq!(matches!(decision, AuthenticateDecision::Authenticated { .. }), right);
    }
}

/// How that plugin was made: once, before its version was released.
#[test]
#[ignore = "writes a file of a version that is to be released"]
fn freeze() {
    let mut guest = signs_in();
    guest.more = calls_everything();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released/v0.1.wasm");
    std::fs::write(file, guest.component()).unwrap();
}
