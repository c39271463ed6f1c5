//! Comparing arrays and maps, with a limit on how deep: Rhai's own recurses as deep as the values do.

use crate::failure::{Thrown, refuse};
use crate::secret::is_secret;
use crate::values::NESTING_MAX;
use rhai::{Array, Dynamic, ImmutableString, Map, Module};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("==", |left: &mut Array, right: Array| arrays(left, &right, NESTING_MAX));
    module.set_native_fn("!=", |left: &mut Array, right: Array| Ok(!arrays(left, &right, NESTING_MAX)?));
    module.set_native_fn("==", |left: &mut Map, right: Map| maps(left, &right, NESTING_MAX));
    module.set_native_fn("!=", |left: &mut Map, right: Map| Ok(!maps(left, &right, NESTING_MAX)?));
    // `in` is `contains`.
    module.set_native_fn("contains", |items: &mut Array, value: Dynamic| Ok(place_of(items, &value, 0)?.is_some()));
    module.set_native_fn("index_of", |items: &mut Array, value: Dynamic| index_of(items, &value, 0));
    module.set_native_fn("index_of", |items: &mut Array, value: Dynamic, start: i64| index_of(items, &value, start));
    // Rhai takes a string here for the name of a function.
    module.set_native_fn("index_of", |items: &mut Array, text: ImmutableString| index_of(items, &text.into(), 0));
    module.set_native_fn("index_of", |items: &mut Array, text: ImmutableString, start: i64| {
        index_of(items, &text.into(), start)
    });
}

/// As Rhai does it: -1 where it is not; a start below zero counts from the end.
fn index_of(items: &Array, value: &Dynamic, start: i64) -> Thrown<i64> {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let start = if start < 0 { start.saturating_add(length).max(0) } else { start };
    let place = place_of(items, value, usize::try_from(start).unwrap_or(usize::MAX))?;
    Ok(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1))
}

fn place_of(items: &Array, value: &Dynamic, start: usize) -> Thrown<Option<usize>> {
    for (place, item) in items.iter().enumerate().skip(start) {
        if equal(item, value, NESTING_MAX)? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

fn arrays(left: &Array, right: &Array, levels: usize) -> Thrown<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !equal(left, right, levels)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(left: &Map, right: &Map, levels: usize) -> Thrown<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for ((left_name, left), (right_name, right)) in left.iter().zip(right) {
        if left_name != right_name || !equal(left, right, levels)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether two values are equal; values of different kinds are not, but 1 is 1.0.
fn equal(left: &Dynamic, right: &Dynamic, levels: usize) -> Thrown<bool> {
    if is_secret(left) || is_secret(right) {
        return Err(refuse("a Secret cannot be compared"));
    }
    if let (Ok(left), Ok(right)) = (left.as_immutable_string_ref(), right.as_immutable_string_ref()) {
        return Ok(*left == *right);
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(left == right);
    }
    if let (Ok(left), Ok(right)) = (left.as_bool(), right.as_bool()) {
        return Ok(left == right);
    }
    if let (Ok(left), Ok(right)) = (left.as_char(), right.as_char()) {
        return Ok(left == right);
    }
    let deeper = || levels.checked_sub(1).ok_or_else(|| refuse(format!("nested over {NESTING_MAX} deep to compare")));
    if let (Ok(left), Ok(right)) = (left.as_array_ref(), right.as_array_ref()) {
        return arrays(&left, &right, deeper()?);
    }
    if let (Ok(left), Ok(right)) = (left.as_map_ref(), right.as_map_ref()) {
        return maps(&left, &right, deeper()?);
    }
    Ok(left.is_unit() && right.is_unit())
}

/// A number, so that whole ones and others compare: exactly within each kind.
#[derive(PartialEq)]
enum Number {
    Whole(i64),
    Other(f64),
}

fn number(value: &Dynamic) -> Option<Number> {
    if let Ok(whole) = value.as_int() {
        return Some(Number::Whole(whole));
    }
    let other = value.as_float().ok()?;
    // A float that is a whole number compares as one.
    #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and within ±2^53")]
    let whole = (other.fract() == 0.0 && other.abs() < 9_007_199_254_740_992.0).then_some(other as i64);
    Some(whole.map_or(Number::Other(other), Number::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Engine;

    fn evaluates(script: &str) -> Thrown<bool> {
        let mut engine = Engine::new_raw();
        engine.register_global_module(crate::standard::module().into());
        engine.eval::<bool>(script)
    }

    #[test]
    fn arrays_and_maps_compare_by_value() {
        for script in [
            "[1, \"a\", [true]] == [1, \"a\", [true]]",
            "[1] != [2]",
            "[1] == [1.0]",
            "#{ a: 1, b: #{} } == #{ b: #{}, a: 1 }",
            "#{ a: 1 } != #{ b: 1 }",
            "\"openid\" in [\"profile\", \"openid\"]",
            "!(\"o\" in [\"openid\"])",
            "[1, 2, 3].index_of(3) == 2 && [1].index_of(2) == -1 && [1, 2, 1].index_of(1, -1) == 2",
            "[()] == [()] && [()] != [1]",
            "[\"a\", \"b\"].index_of(\"b\") == 1 && [\"a\"].index_of(\"a\", 1) == -1",
        ] {
            assert!(evaluates(script).unwrap(), "{script}");
        }
    }

    #[test]
    fn nesting_over_the_limit_is_not_compared() {
        let nest = |levels| format!("let a = 1; for i in 0..{levels} {{ a = [a]; }} let b = a; a == b");
        assert!(evaluates(&nest(NESTING_MAX)).unwrap());
        assert!(evaluates(&nest(NESTING_MAX + 2)).unwrap_err().to_string().contains("nested"));
    }
}
