//! Every module of the plans has a test of its name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The modules: a plan and a name a line.
const ROWS: &str = include_str!("rows.txt");

/// The names of the functions in a plan's file, and in the files of its folder.
fn functions(plan: &str) -> BTreeSet<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/conformance");
    let folder = std::fs::read_dir(here.join(plan)).into_iter().flatten();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.push(here.join(format!("{plan}.rs")));
    let text: String = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    let after = text.split("async fn ").skip(1);
    after.map(|rest| rest.split('(').next().unwrap_or_default().to_owned()).collect()
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROWS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(' ').unwrap())
}

#[test]
fn every_module_has_a_test_of_its_name() {
    let name = |module: &str| module.replace('-', "_").to_lowercase();
    let missing: Vec<String> = rows()
        .filter(|(plan, module)| !functions(plan).contains(&name(module)))
        .map(|(plan, module)| format!("{plan} {module}"))
        .collect();
    assert!(missing.is_empty(), "modules without a test:\n{}", missing.join("\n"));
    assert!(rows().count() > 100, "the list is cut off");
}
