//! `expect(actual, expected)`: a map needs only hold what is expected of it, so that a test names what it is about and
//! nothing else; everything but maps must be equal.

use gatewright_domain::hooks::Difference;
use serde_json::Value;

/// Longest value in a message, in characters.
const SHOWN_CHARS_MAX: usize = 200;
/// Most differences that are told of two values.
pub(super) const DIFFERENCES_MAX: usize = 32;

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unmet {
    /// The first difference, in words.
    pub(super) says: String,
    /// All of them.
    pub(super) differences: Vec<Difference>,
}

/// What differs; nothing where nothing that matters does.
pub(super) fn unmet(actual: &Value, expected: &Value) -> Option<Unmet> {
    let mut differences = Vec::new();
    differs(actual, expected, String::new(), &mut differences);
    let Difference { path, expected, got } = differences.first()?;
    let at = if path.is_empty() { String::new() } else { format!(" at {path}") };
    let whole = if path.is_empty() { String::new() } else { format!("; all of it is {}", shown(actual)) };
    let got = got.as_ref().map_or("nothing".to_owned(), shown);
    Some(Unmet { says: format!("expected {}{at}, got {got}{whole}", shown(expected)), differences })
}

fn differs(actual: &Value, expected: &Value, path: String, found: &mut Vec<Difference>) {
    match (actual, expected) {
        (Value::Object(has), Value::Object(wanted)) => {
            for (name, wanted) in wanted {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match has.get(name) {
                    Some(actual) => differs(actual, wanted, path, found),
                    // A member that is not there is as good as one without a value.
                    None if wanted.is_null() => {}
                    None => note(path, wanted, None, found),
                }
            }
        }
        (Value::Array(has), Value::Array(wanted)) if has.len() == wanted.len() => {
            for (n, (actual, wanted)) in has.iter().zip(wanted).enumerate() {
                differs(actual, wanted, format!("{path}[{n}]"), found);
            }
        }
        _ if actual == expected => {}
        _ => note(path, expected, Some(actual), found),
    }
}

fn note(path: String, expected: &Value, got: Option<&Value>, found: &mut Vec<Difference>) {
    if found.len() < DIFFERENCES_MAX {
        found.push(Difference { path, expected: expected.clone(), got: got.cloned() });
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    let cut: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_map_may_hold_more_than_is_expected_and_nothing_else_may() {
        let actual = json!({ "decision": "use_acr", "acr": ["a", "b"], "n": 1, "none": null });
        for same in [json!({}), json!({ "acr": ["a", "b"] }), json!({ "n": 1, "none": null, "gone": null })] {
            assert_eq!(unmet(&actual, &same), None, "{same}");
        }
        for other in
            [json!({ "acr": ["a"] }), json!({ "acr": ["b", "a"] }), json!({ "n": "1" }), json!([]), json!({ "x": 1 })]
        {
            assert!(unmet(&actual, &other).is_some(), "{other}");
        }
    }

    #[test]
    fn a_difference_says_where_it_is() {
        let said = |actual: Value, expected: Value| unmet(&actual, &expected).unwrap().says;
        assert_eq!(said(json!(1), json!(2)), "expected 2, got 1");
        let deep = said(json!({ "a": [{ "b": 1 }] }), json!({ "a": [{ "b": 2 }] }));
        assert_eq!(deep, "expected 2 at a[0].b, got 1; all of it is {\"a\":[{\"b\":1}]}");
        assert!(said(json!({}), json!({ "a": 1 })).starts_with("expected 1 at a, got nothing"));
        assert!(said(json!("x".repeat(1_000)), json!(1)).chars().count() < 2 * SHOWN_CHARS_MAX);
    }
    #[test]
    fn every_difference_is_told_and_nothing_that_is_as_expected() {
        let actual = json!({ "decision": "claims", "claims": { "a": [1, 2], "b": 1, "c": 3 } });
        let expected = json!({ "decision": "claims", "claims": { "a": [1, 9], "b": 1, "d": 4 } });
        let differences = unmet(&actual, &expected).unwrap().differences;
        let told: Vec<_> = differences.iter().map(|one| (one.path.as_str(), &one.expected, one.got.as_ref())).collect();
        assert_eq!(told, [("claims.a[1]", &json!(9), Some(&json!(2))), ("claims.d", &json!(4), None)]);
        let many: Value =
            (0..=DIFFERENCES_MAX).map(|n| (n.to_string(), json!(n))).collect::<serde_json::Map<_, _>>().into();
        assert_eq!(unmet(&json!({}), &many).unwrap().differences.len(), DIFFERENCES_MAX);
    }
}
