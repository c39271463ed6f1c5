//! `expect(actual, expected)`: a map needs only hold what is expected of it, so that a test names what it is about and
//! nothing else; everything but maps must be equal.

use serde_json::Value;

/// Longest value in a message, in characters.
const SHOWN_CHARS_MAX: usize = 200;

/// The first difference that matters, in words.
pub(super) fn difference(actual: &Value, expected: &Value) -> Option<String> {
    let (path, got, wanted) = differs(actual, expected, String::new())?;
    let at = if path.is_empty() { String::new() } else { format!(" at {path}") };
    let whole = if path.is_empty() { String::new() } else { format!("; all of it is {}", shown(actual)) };
    Some(format!("expected {}{at}, got {}{whole}", shown(wanted), got.map_or("nothing".to_owned(), shown)))
}

type Difference<'v> = (String, Option<&'v Value>, &'v Value);

fn differs<'v>(actual: &'v Value, expected: &'v Value, path: String) -> Option<Difference<'v>> {
    match (actual, expected) {
        (Value::Object(has), Value::Object(wanted)) => wanted.iter().find_map(|(name, wanted)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match has.get(name) {
                Some(actual) => differs(actual, wanted, path),
                // A member that is not there is as good as one without a value.
                None if wanted.is_null() => None,
                None => Some((path, None, wanted)),
            }
        }),
        (Value::Array(has), Value::Array(wanted)) if has.len() == wanted.len() => {
            let mut pairs = has.iter().zip(wanted).enumerate();
            pairs.find_map(|(n, (actual, wanted))| differs(actual, wanted, format!("{path}[{n}]")))
        }
        _ if actual == expected => None,
        _ => Some((path, Some(actual), expected)),
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
            assert_eq!(difference(&actual, &same), None, "{same}");
        }
        for other in
            [json!({ "acr": ["a"] }), json!({ "acr": ["b", "a"] }), json!({ "n": "1" }), json!([]), json!({ "x": 1 })]
        {
            assert!(difference(&actual, &other).is_some(), "{other}");
        }
    }

    #[test]
    fn a_difference_says_where_it_is() {
        let said = |actual: Value, expected: Value| difference(&actual, &expected).unwrap();
        assert_eq!(said(json!(1), json!(2)), "expected 2, got 1");
        let deep = said(json!({ "a": [{ "b": 1 }] }), json!({ "a": [{ "b": 2 }] }));
        assert_eq!(deep, "expected 2 at a[0].b, got 1; all of it is {\"a\":[{\"b\":1}]}");
        assert!(said(json!({}), json!({ "a": 1 })).starts_with("expected 1 at a, got nothing"));
        assert!(said(json!("x".repeat(1_000)), json!(1)).chars().count() < 2 * SHOWN_CHARS_MAX);
    }
}
