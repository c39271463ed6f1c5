//! The rules of the check, each with a bundle that breaks it and no other (`core/policy/tests/cases`), and the very text that
//! its author reads.

use crate::world::repository;
use gatewright_domain::hooks::Runtime;
use gatewright_policy::Runtimes;
use gatewright_policy::compile::{Survey, survey};
use gatewright_policy::files::Files;
use gatewright_policy::report::survey_with_source;
use gatewright_script_host::RhaiRuntime;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

fn folder() -> PathBuf {
    repository().join("core/policy/tests/cases")
}

/// The rules of the table: their names, and whether they are errors or warnings.
fn rules() -> Vec<(String, String)> {
    let table = fs::read_to_string(folder().join("README.md")).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let cell = |row: &str, nth| row.split('|').nth(nth).unwrap().trim().trim_matches('`').to_owned();
    rows.map(|row| (cell(row, 1), cell(row, 2))).collect()
}

fn surveyed(case: &str) -> (Survey, Files) {
    let own = Files::read(&folder().join(case)).unwrap();
    let files = Files::shipped().overlaid(&own).unwrap();
    let runtimes: Vec<Arc<dyn Runtime>> = vec![Arc::new(RhaiRuntime::new())];
    (survey(&files, &own, &Runtimes::from(runtimes)), files)
}

#[test]
fn every_rule_has_a_bundle_that_breaks_it_and_every_bundle_a_rule() {
    let named: BTreeSet<String> = rules().into_iter().map(|(name, _)| name).collect();
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let there: BTreeSet<String> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(named, there);
    assert_eq!(named.len(), rules().len(), "a rule stands in the table twice");
}

#[test]
fn a_bundle_that_breaks_a_rule_is_told_that_and_nothing_else() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    for (case, severity) in rules() {
        let (survey, files) = surveyed(&case);
        let found = (survey.errors.len(), survey.warnings.len());
        let text = survey_with_source(&survey, &files);
        let place = folder().join(&case).join("expected.txt");
        if update {
            fs::write(&place, &text).unwrap();
        }
        let expected = fs::read_to_string(&place).unwrap_or_default();
        if found != if severity == "error" { (1, 0) } else { (0, 1) } || text != expected {
            wrong.push(format!("--- {case}: expected one {severity}\n{expected}--- found\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
