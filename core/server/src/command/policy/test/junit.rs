//! What tests did as JUnit's XML, which CI systems read.

use super::Tested;
use gatewright_domain::hooks::{Diagnostic, Difference};
use gatewright_policy::rehearsal::Played;
use gatewright_policy::report::shown;
use std::fmt::Write as _;
use std::time::Duration;

/// The document: a suite a file of tests. A policy that does not compile is a suite with an error.
pub(super) fn document(tested: &Tested) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"policy\">\n");
    match &tested.played {
        Err(wrong) => {
            let said = escaped(&shown(wrong));
            text.push_str("  <testsuite name=\"policy\" tests=\"1\" failures=\"0\" errors=\"1\" time=\"0\">\n");
            text.push_str("    <testcase classname=\"policy\" name=\"the policy compiles\" time=\"0\">\n");
            // Writing to a String cannot fail.
            let _ = writeln!(text, "      <error message=\"the policy has errors\">{said}</error>");
            text.push_str("    </testcase>\n  </testsuite>\n");
        }
        Ok(played) => {
            for file in played.chunk_by(|one, other| one.file == other.file) {
                suite(&mut text, file);
            }
        }
    }
    text.push_str("</testsuites>\n");
    text
}

fn suite(text: &mut String, played: &[Played]) {
    let Some(first) = played.first() else { return };
    let failures = played.iter().filter(|played| played.failure.is_some()).count();
    let (name, time) = (escaped(&first.file), seconds(played.iter().map(|played| played.took).sum()));
    let tests = played.len();
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{time}\">"
    );
    // CI systems show a class as a path of dots.
    let class = escaped(&first.file.replacen(".test.rhai", "", 1).replace('/', "."));
    for one in played {
        let (test, file, time) = (escaped(&one.test), escaped(&one.file), seconds(one.took));
        let _ = write!(text, "    <testcase classname=\"{class}\" name=\"{test}\" file=\"{file}\" time=\"{time}\"");
        match &one.failure {
            None => text.push_str("/>\n"),
            Some(failure) => {
                let (message, said) = (escaped(&failure.message), escaped(&details(failure, &one.differences)));
                let _ = writeln!(text, ">\n      <failure message=\"{message}\">{said}</failure>\n    </testcase>");
            }
        }
    }
    text.push_str("  </testsuite>\n");
}

fn details(failure: &Diagnostic, differences: &[Difference]) -> String {
    let mut text = format!("{}:{}:{}\n", failure.place.file, failure.place.line, failure.place.column);
    for Difference { path, expected, got } in differences {
        let got = got.as_ref().map_or("nothing".to_owned(), ToString::to_string);
        let place = if path.is_empty() { "all of it" } else { path };
        let _ = writeln!(text, "{place}: expected {expected}, got {got}");
    }
    text
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

/// Text as XML 1.0 may have it, in an attribute too: its five characters, and no control characters, which no escape
/// can name.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_test_says_ends_an_attribute_or_is_no_character_of_xml() {
        let escaped = escaped("a<b>&\"'\n\u{1b}[2Jé\u{ffff}");
        assert_eq!(escaped, "a&lt;b&gt;&amp;&quot;&apos;&#10;\u{fffd}[2Jé\u{fffd}");
    }
}
