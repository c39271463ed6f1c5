//! Diagnostics for people, with the line and a caret under the place; and for programs, as JSON.

use crate::compile::Survey;
use crate::files::Files;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::Diagnostic;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Longest part of a source line that is shown, in characters.
const LINE_CHARS_MAX: usize = 160;

/// Diagnostics with their source lines:
///
/// ```text
/// policy.toml:7:1: a binding has no key `lned`
///     7 | lned = ["users"]
///       | ^
///       = did you mean `lend`?
/// ```
pub fn with_source(wrong: &[Diagnostic], files: &Files) -> String {
    let mut text = String::new();
    wrong.iter().for_each(|diagnostic| write_one(&mut text, diagnostic, "", files));
    text
}

/// What a survey found: its errors, then its warnings, which say that they are.
pub fn survey_with_source(survey: &Survey, files: &Files) -> String {
    let mut text = with_source(&survey.errors, files);
    survey.warnings.iter().for_each(|diagnostic| write_one(&mut text, diagnostic, "warning: ", files));
    text
}

fn write_one(text: &mut String, diagnostic: &Diagnostic, severity: &str, files: &Files) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}: {severity}{}", at(&diagnostic.place), diagnostic.message);
    let margin = diagnostic.place.line.to_string().len().max(5);
    if let Some(line) = source_line(&diagnostic.place, files) {
        let _ = writeln!(text, "{:>margin$} | {line}", diagnostic.place.line);
        if let Some(gap) = gap_to(diagnostic.place.column, &line) {
            let _ = writeln!(text, "{:>margin$} | {gap}^", "");
        }
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(text, "{:>margin$} = {hint}", "");
    }
}

/// Diagnostics a line each, where no sources are at hand.
pub fn shown(wrong: &[Diagnostic]) -> String {
    let line = |Diagnostic { place, message, hint }: &Diagnostic| match hint {
        Some(hint) => format!("{}: {message} ({hint})", at(place)),
        None => format!("{}: {message}", at(place)),
    };
    wrong.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a survey found as JSON: a list of `severity` (`error` or `warning`), `file`, `line`, `column` (0: the whole line),
/// `message`, `hint` (or null).
pub fn survey_as_json(survey: &Survey) -> Value {
    let one = |severity, Diagnostic { place, message, hint }: &Diagnostic| {
        json!({
            "severity": severity, "file": place.file, "line": place.line, "column": place.column,
            "message": message, "hint": hint,
        })
    };
    let errors = survey.errors.iter().map(|error| one("error", error));
    errors.chain(survey.warnings.iter().map(|warning| one("warning", warning))).collect()
}

fn at(place: &Place) -> String {
    match place.column {
        0 => format!("{}:{}", place.file, place.line),
        column => format!("{}:{}:{column}", place.file, place.line),
    }
}

/// The line of a place, fit to be printed: no control characters, not too long.
fn source_line(place: &Place, files: &Files) -> Option<String> {
    let line = files.text(&place.file)?.lines().nth(place.line.checked_sub(1)?)?;
    Some(line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LINE_CHARS_MAX).collect())
}

/// The blanks before the caret.
fn gap_to(column: usize, line: &str) -> Option<String> {
    let before = column.checked_sub(1)?;
    (before <= line.chars().count()).then(|| " ".repeat(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::bundle;

    fn wrong(line: usize, column: usize, hint: Option<&str>) -> Diagnostic {
        let place = Place { file: "policy.toml".into(), line, column };
        Diagnostic { place, message: "a binding has no key `lned`".into(), hint: hint.map(str::to_owned) }
    }

    #[test]
    fn a_diagnostic_points_at_its_place() {
        let files = bundle(&[("policy.toml", "[[claims]]\nrun = \"ä\"\n\tlned = [\"users\"]\n")]);
        let text = with_source(&[wrong(3, 2, Some("did you mean `lend`?"))], &files);
        let expected = "policy.toml:3:2: a binding has no key `lned`\n    3 |  lned = [\"users\"]\n      |  ^\n      \
                        = did you mean `lend`?\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_place_that_is_not_there_is_told_without_its_line() {
        let files = bundle(&[("policy.toml", "x\n")]);
        for (line, column) in [(0, 0), (9, 1)] {
            assert_eq!(with_source(&[wrong(line, column, None)], &files).lines().count(), 1);
        }
        assert_eq!(with_source(&[wrong(1, 0, None)], &files).lines().count(), 2, "the line, no caret");
        assert_eq!(with_source(&[wrong(1, 99, None)], &files).lines().count(), 2);
    }

    #[test]
    fn a_long_line_is_cut() {
        let files = bundle(&[("policy.toml", &"x".repeat(1_000))]);
        let longest = with_source(&[wrong(1, 500, None)], &files).lines().map(str::len).max().unwrap();
        assert!(longest <= LINE_CHARS_MAX + 8);
    }

    #[test]
    fn programs_get_the_same_as_json() {
        let expected = json!([
            { "severity": "error", "file": "policy.toml", "line": 3, "column": 2,
              "message": "a binding has no key `lned`", "hint": null },
            { "severity": "warning", "file": "policy.toml", "line": 3, "column": 0,
              "message": "a binding has no key `lned`", "hint": "h" }
        ]);
        let survey = Survey { errors: vec![wrong(3, 2, None)], warnings: vec![wrong(3, 0, Some("h"))] };
        assert_eq!(survey_as_json(&survey), expected);
        assert_eq!(shown(&[wrong(3, 0, Some("h"))]), "policy.toml:3: a binding has no key `lned` (h)");
    }
}
