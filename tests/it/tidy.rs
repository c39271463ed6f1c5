//! The house holds: directions of dependency, sizes, first lines, names (`core/ARCHITECTURE.md`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Most lines of a file before its tests.
const LINES_MAX: usize = 400;
/// What each crate of `core` may use of the others.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("protocol", &[]),
    ("domain", &["protocol"]),
    ("engine", &["protocol", "domain"]),
    ("policy", &["protocol", "domain"]),
    ("script-host", &["protocol", "domain"]),
    ("plugin-host", &["protocol", "domain"]),
    ("capabilities", &["protocol", "domain"]),
    ("storage", &["protocol", "domain"]),
    ("signing", &["protocol", "domain"]),
    ("testing", &["protocol", "domain"]),
    (
        "server",
        &["protocol", "domain", "engine", "policy", "script-host", "plugin-host", "capabilities", "storage", "signing"],
    ),
];
/// Heavy dependencies, and the one crate that may have each.
const LIVES_IN: [(&str, &str); 10] = [
    ("rhai", "script-host"),
    ("wasmtime", "plugin-host"),
    ("diesel", "storage"),
    ("josekit", "signing"),
    ("argon2", "capabilities"),
    ("lettre", "capabilities"),
    ("totp-rs", "capabilities"),
    ("warp", "server"),
    ("config", "server"),
    ("clap", "server"),
];
/// What the top level holds beside dot files.
const TOP_LEVEL: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE",
    "README.md",
    "rust-toolchain.toml",
    "core",
    "plugins",
    "scripts",
    "migrations",
    "examples",
    "tests",
];
/// The load driver hashes a password to tell the server's own cost apart.
const MEASURES_PASSWORDS: (&str, &str) = ("argon2", "server");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names under `[dependencies]` of a crate of `core`.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("core").join(name).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['=', '.', ' ']).next())
        .filter(|name| !name.is_empty())
        .map(Into::into)
        .collect()
}

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![root().join("core"), root().join("tests")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("rs") => files.push(path),
                _ => {}
            }
        }
    }
    assert!(files.len() > 100, "only {} sources found", files.len());
    files
}

#[test]
fn a_crate_uses_only_what_lies_below_it() {
    let crates: BTreeSet<String> = fs::read_dir(root().join("core"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(crates, MAY_USE.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (name, may_use) in MAY_USE {
        for used in dependencies(name).iter().filter_map(|used| used.strip_prefix("gatewright-")) {
            assert!(may_use.contains(&used), "{name} uses {used}");
        }
    }
}

#[test]
fn a_heavy_dependency_lives_in_one_crate() {
    for (heavy, home) in LIVES_IN {
        for (name, _) in MAY_USE {
            let has = dependencies(name).contains(heavy);
            let may = name == home || (heavy, name) == MEASURES_PASSWORDS;
            assert!(may || !has, "{name} depends on {heavy}, which lives in {home}");
            assert!(name != home || has, "{home} no longer depends on {heavy}");
        }
    }
}

#[test]
fn the_inner_crates_do_no_input_or_output() {
    for name in ["protocol", "domain", "engine"] {
        let outer = ["tokio", "reqwest", "warp", "hyper", "http", "openssl", "getrandom"];
        for used in dependencies(name) {
            assert!(!outer.contains(&used.as_str()), "{name} depends on {used}");
        }
    }
}

#[test]
fn a_file_says_first_what_it_is_and_stays_short() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with //!", path.display());
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", path.display());
    }
}

#[test]
fn nothing_is_left_to_be_done_in_a_comment() {
    // Put together here, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimplemented", "!("), concat!("todo", "!(")];
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        for mark in marks {
            assert!(!text.contains(mark), "{} holds {mark}", path.display());
        }
    }
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    for path in sources() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_lowercase();
        for empty in ["manager", "helper", "util", "common", "misc"] {
            assert!(!name.contains(empty), "{}", path.display());
        }
    }
}

#[test]
fn the_top_level_holds_what_it_may_and_both_dialects_have_the_same_migrations() {
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name.starts_with('.') || name == "target" || TOP_LEVEL.contains(&name.as_str());
        assert!(known || name == "gatewright-data", "{name} at the top level");
    }
    let migrations = |dialect: &str| -> BTreeSet<_> {
        fs::read_dir(root().join("migrations").join(dialect)).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(migrations("sqlite"), migrations("postgres"));
}
