//! JSON to a script's values and back.

use crate::decisions::Decision;
use crate::form::FormBuilder;
use crate::secret::is_secret;
use rhai::{Dynamic, Identifier, Map as ScriptMap};
use serde_json::{Map, Number, Value};

/// Deepest nesting of arrays and maps that leaves a script (into `kv`, a request, a claim) or is compared or
/// printed in it.
pub const NESTING_MAX: usize = 32;

/// A JSON value as a script sees it: `null` is `()`, a number beyond 64 bits a float.
pub fn from_json(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => from_number(number),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => Dynamic::from_array(items.iter().map(from_json).collect()),
        Value::Object(members) => Dynamic::from_map(from_object(members)),
    }
}

/// A JSON object as a script sees it.
pub fn from_object(members: &Map<String, Value>) -> ScriptMap {
    members.iter().map(|(name, value)| (Identifier::from(name.as_str()), from_json(value))).collect()
}

fn from_number(number: &Number) -> Dynamic {
    match number.as_i64() {
        Some(whole) => whole.into(),
        None => number.as_f64().unwrap_or(f64::NAN).into(),
    }
}

/// A script's value as JSON.
///
/// # Errors
/// In words, what cannot become JSON: a secret, a form, a function, nesting over [`NESTING_MAX`].
pub fn to_json(value: &Dynamic) -> Result<Value, String> {
    read(value, NESTING_MAX)
}

fn read(value: &Dynamic, levels: usize) -> Result<Value, String> {
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.as_bool() {
        return Ok(flag.into());
    }
    if let Ok(whole) = value.as_int() {
        return Ok(whole.into());
    }
    if let Ok(number) = value.as_float() {
        let number = Number::from_f64(number).ok_or("a number that is not finite cannot be written as JSON")?;
        return Ok(Value::Number(number));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(text.as_str().into());
    }
    if let Ok(letter) = value.as_char() {
        return Ok(letter.to_string().into());
    }
    let deeper = || levels.checked_sub(1).ok_or(format!("nested over {NESTING_MAX} deep"));
    if let Ok(items) = value.as_array_ref() {
        let levels = deeper()?;
        return items.iter().map(|item| read(item, levels)).collect::<Result<_, _>>().map(Value::Array);
    }
    if let Ok(members) = value.as_map_ref() {
        let levels = deeper()?;
        let read_member = |(name, value): (&Identifier, &Dynamic)| Ok((name.to_string(), read(value, levels)?));
        return members.iter().map(read_member).collect::<Result<_, String>>().map(Value::Object);
    }
    Err(format!("{} cannot be written as JSON", describe(value)))
}

/// A value in words, for messages: its kind, never its content.
pub fn describe(value: &Dynamic) -> &'static str {
    if is_secret(value) {
        return "a Secret";
    }
    if value.is::<Decision>() {
        return "a decision";
    }
    if value.is::<FormBuilder>() {
        return "a form";
    }
    match () {
        () if value.is_unit() => "()",
        () if value.is_bool() => "a bool",
        () if value.is_int() || value.is_float() => "a number",
        () if value.is_string() || value.is_char() => "a string",
        () if value.is_array() => "an array",
        () if value.is_map() => "a map",
        () if value.is_fnptr() => "a function",
        () => "a value of another kind",
    }
}

/// A script's array of strings, or one string.
///
/// # Errors
/// In words, what it is instead.
pub fn to_texts(value: &Dynamic) -> Result<Vec<String>, String> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(vec![text.to_string()]);
    }
    let Ok(items) = value.as_array_ref() else {
        return Err(format!("needs a string or an array of strings, not {}", describe(value)));
    };
    let text = |item: &Dynamic| match item.as_immutable_string_ref() {
        Ok(text) => Ok(text.to_string()),
        Err(_) => Err(format!("needs an array of strings; there is {} in it", describe(item))),
    };
    items.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_comes_back_as_it_went_in() {
        let value = json!({ "a": [1, 2.5, "x", null, true], "b": { "c": [] }, "big": i64::MAX });
        assert_eq!(to_json(&from_json(&value)), Ok(value));
    }

    #[test]
    fn nesting_over_the_limit_is_no_json() {
        let mut value = Dynamic::from(1_i64);
        for _ in 0..NESTING_MAX {
            value = Dynamic::from_array(vec![value]);
        }
        assert!(to_json(&value).is_ok());
        let error = to_json(&Dynamic::from_array(vec![value])).unwrap_err();
        assert!(error.contains("nested"), "{error}");
    }
}
