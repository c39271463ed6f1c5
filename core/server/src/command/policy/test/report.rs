//! What tests did, for people and for programs.

use super::super::super::table::plain;
use super::{Tested, coverage};
use gatewright_domain::hooks::{Diagnostic, Difference};
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::Played;
use gatewright_policy::report::{as_json, with_source};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::Duration;

/// Longest value that is shown whole, in characters.
const VALUE_CHARS_MAX: usize = 400;

/// Every test with its outcome, file by file; then each failure with its place; then how many there were.
pub(super) fn write(out: &mut dyn Write, played: &[Played], files: &Files) -> io::Result<()> {
    let widest = played.iter().map(|played| played.test.chars().count()).max().unwrap_or(0);
    let mut file = "";
    for one in played {
        if one.file != file {
            file = &one.file;
            writeln!(out, "{}", plain(file))?;
        }
        let verdict = if one.failure.is_some() { "FAILED" } else { "ok" };
        writeln!(out, "  {verdict:<6}  {:<widest$}  {:>9}", plain(&one.test), milliseconds(one.took))?;
    }
    for one in played {
        if let Some(failure) = &one.failure {
            write_failure(out, one, failure, files)?;
        }
    }
    let failed = played.iter().filter(|played| played.failure.is_some()).count();
    let took = played.iter().map(|played| played.took).sum();
    let lead = if played.is_empty() { "" } else { "\n" };
    writeln!(out, "{lead}{} passed, {failed} failed, in {}", played.len() - failed, milliseconds(took))
}

fn write_failure(out: &mut dyn Write, played: &Played, failure: &Diagnostic, files: &Files) -> io::Result<()> {
    let mut told = failure.clone();
    if !played.differences.is_empty() {
        // What differs follows, a place at a time.
        told.message = format!("{}: this is not what was expected", played.test);
    }
    write!(out, "\n{}", with_source(&[told], files))?;
    for Difference { path, expected, got } in &played.differences {
        let place = if path.is_empty() { "all of it" } else { path };
        writeln!(out, "        {}", plain(place))?;
        writeln!(out, "          expected  {}", shown(expected))?;
        writeln!(out, "          got       {}", got.as_ref().map_or("nothing".to_owned(), shown))?;
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    let text = plain(&value.to_string());
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// The same as JSON.
pub(super) fn document(tested: &Tested) -> Value {
    let scripts = tested.coverage.as_ref().map(|scripts| coverage::document(scripts));
    match &tested.played {
        Err(wrong) => json!({ "errors": as_json(wrong), "passed": 0, "failed": 0, "tests": [] }),
        Ok(played) => {
            let failed = played.iter().filter(|played| played.failure.is_some()).count();
            let tests: Vec<Value> = played.iter().map(test).collect();
            json!({ "errors": [], "passed": played.len() - failed, "failed": failed, "tests": tests, "coverage": scripts })
        }
    }
}

fn test(played: &Played) -> Value {
    let failure = played.failure.as_ref().map(|failure| {
        let difference = |one: &Difference| json!({ "path": one.path, "expected": one.expected, "got": one.got });
        json!({
            "file": failure.place.file,
            "line": failure.place.line,
            "column": failure.place.column,
            "message": failure.message,
            "differences": played.differences.iter().map(difference).collect::<Vec<_>>(),
        })
    });
    let milliseconds = played.took.as_secs_f64() * 1_000.0;
    json!({ "file": played.file, "name": played.test, "ms": milliseconds, "failure": failure })
}
