//! A recorded login, saved as tests: for each question and each script that answered it, a case and what it decided.
//!
//! Beside `x.rhai` come `x.NAME.test.rhai` and `x.NAME.N.case.json` for each of its questions: the test plays the case
//! with `recorded(…)`.

use crate::command::error::CommandError;
use crate::command::policy::PolicyError;
use gatewright_domain::hooks::HookDecision;
use gatewright_domain::trace::{Asked, HookRun, Recording, RunEnd};
use gatewright_policy::files::{Files, MANIFEST};
use gatewright_policy::manifest::Manifest;
use gatewright_policy::rehearsal::decision_shown;
use gatewright_policy::watch::Source;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

/// Longest name of saved tests, in characters.
pub(super) const NAME_CHARS_MAX: usize = 64;

/// One question to one script.
struct Case<'c> {
    asked: &'c Asked,
    run: &'c HookRun,
    decided: &'c HookDecision,
}

/// Writes the tests.
pub(super) fn save(
    folder: &Path,
    trace: &str,
    name: &str,
    recorded: &[Asked],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let fits = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if name.is_empty() || name.len() > NAME_CHARS_MAX || !name.chars().all(fits) {
        return Err(PolicyError::TestName(name.chars().filter(|c| !c.is_control()).take(64).collect()).into());
    }
    let files = Source { folder: folder.to_owned(), base: Files::shipped() }.read()?;
    let manifest = Manifest::read(files.text(MANIFEST).unwrap_or_default()).0;
    let scripts: BTreeMap<&str, &str> = manifest
        .bindings
        .iter()
        .map(|binding| (binding.name.value.as_str(), binding.run.value.as_str()))
        .filter(|(_, script)| script.ends_with(".rhai") && folder.join(script).is_file())
        .collect();
    let mut by_script: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
    for asked in recorded {
        for run in &asked.runs {
            if let (Some(script), RunEnd::Decided(decided)) = (scripts.get(run.binding.as_str()), &run.end) {
                by_script.entry(script).or_default().push(Case { asked, run, decided });
            }
        }
    }
    if by_script.is_empty() {
        return Err(PolicyError::NothingToSave(trace.to_owned()).into());
    }
    for (script, cases) in by_script {
        write_tests(folder, script, (trace, name), &cases, out)?;
    }
    Ok(())
}

fn write_tests(
    folder: &Path,
    script: &str,
    (trace, name): (&str, &str),
    cases: &[Case<'_>],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let stem = format!("{}.{name}", script.trim_end_matches(".rhai"));
    let mut tests = format!("// A recorded login ({trace}): each question as it was asked, and what was decided.\n");
    for (number, case) in cases.iter().enumerate() {
        let number = number + 1;
        let path = format!("{stem}.{number}.case.json");
        // Of the question, what this script had to do with: other bindings have tests of their own.
        let alone = Asked { runs: vec![case.run.clone()], ..case.asked.clone() };
        let Some(recording) = Recording::of(&alone, &BTreeSet::new())? else { continue };
        let document = serde_json::to_string_pretty(&recording).map_err(std::io::Error::from)?;
        written(&folder.join(&path), &document, out)?;
        let expected = literal(&decision_shown(case.decided));
        let hook = case.asked.hook();
        // Writing to a string does not fail.
        let _ = write!(
            tests,
            "\nfn {hook}_{number}_decides_as_recorded() {{\n    expect(recorded({}), {expected});\n}}\n",
            text(&path)
        );
    }
    written(&folder.join(format!("{stem}.test.rhai")), &tests, out)
}

/// Writes a new file; one that is there is somebody's work.
fn written(path: &Path, text: &str, out: &mut dyn Write) -> Result<(), CommandError> {
    let made = std::fs::File::options().write(true).create_new(true).open(path);
    let done = made.and_then(|mut file| file.write_all(text.as_bytes()));
    done.map_err(|cause| PolicyError::Unwritable { path: path.to_owned(), cause })?;
    Ok(writeln!(out, "wrote {}", path.display())?)
}

/// A value as a script writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "()".to_owned(),
        Value::String(said) => text(said),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| format!("{}: {}", text(name), literal(member)));
            format!("#{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn text(said: &str) -> String {
    let mut quoted = String::from("\"");
    for character in said.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_written_as_a_script_writes_it() {
        let value = json!({ "a b": ["x\"\\\n\u{1}", 1, true, null], "n": {} });
        assert_eq!(literal(&value), r#"#{ "a b": ["x\"\\\n\u0001", 1, true, ()], "n": #{  } }"#);
    }

    #[test]
    fn the_name_of_saved_tests_is_a_part_of_a_file_s_name() {
        let long = "n".repeat(NAME_CHARS_MAX + 1);
        for name in ["", "../up", "a b", long.as_str()] {
            let refused = save(Path::new("."), "t", name, &[], &mut Vec::new()).unwrap_err();
            assert!(refused.to_string().contains("letters"), "{refused}");
        }
    }
}
