//! Text: what authors expect and Rhai has not, and `replace` with a limit on what it may make.

use crate::failure::{Thrown, refuse};
use crate::values::describe;
use rhai::{Array, EvalAltResult, ImmutableString, Module, NativeCallContext, Position};

pub(super) fn register(module: &mut Module) {
    module.set_native_fn("join", |context: NativeCallContext, items: &mut Array, between: ImmutableString| {
        join(&context, items, &between)
    });
    module.set_native_fn("url_encode", |text: ImmutableString| Ok(ImmutableString::from(url_encode(&text))));
    register_replace(module);
}

/// The four of Rhai's `replace`: each changes the string it is called on.
fn register_replace(module: &mut Module) {
    module.set_native_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, find: ImmutableString, by: ImmutableString| {
            replace(&context, text, &find, &by)
        },
    );
    module.set_native_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, find: ImmutableString, by: char| {
            replace(&context, text, &find, by.encode_utf8(&mut [0; 4]))
        },
    );
    module.set_native_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, find: char, by: ImmutableString| {
            replace(&context, text, find.encode_utf8(&mut [0; 4]), &by)
        },
    );
    module.set_native_fn("replace", |context: NativeCallContext, text: &mut ImmutableString, find: char, by: char| {
        replace(&context, text, find.encode_utf8(&mut [0; 4]), by.encode_utf8(&mut [0; 4]))
    });
}

fn replace(context: &NativeCallContext, text: &mut ImmutableString, find: &str, by: &str) -> Thrown<()> {
    let places = text.matches(find).count();
    let bytes = text.len().saturating_add(places.saturating_mul(by.len().saturating_sub(find.len())));
    fits(context, bytes)?;
    *text = text.replace(find, by).into();
    Ok(())
}

fn join(context: &NativeCallContext, items: &Array, between: &str) -> Thrown<ImmutableString> {
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            joined.push_str(between);
        }
        match item.as_immutable_string_ref() {
            Ok(text) => joined.push_str(&text),
            Err(_) if item.is_int() || item.is_float() || item.is_bool() || item.is_char() => {
                joined.push_str(&item.to_string());
            }
            Err(_) => return Err(refuse(format!("join needs strings, not {}", describe(item)))),
        }
        fits(context, joined.len())?;
    }
    Ok(joined.into())
}

/// Raises what Rhai raises for a string that is too long, which ends the run.
fn fits(context: &NativeCallContext, bytes: usize) -> Thrown<()> {
    let bytes_max = context.engine().max_string_size();
    if bytes_max > 0 && bytes > bytes_max {
        return Err(Box::new(EvalAltResult::ErrorDataTooLarge("Length of string".to_owned(), Position::NONE)));
    }
    Ok(())
}

/// Percent-encodes all but the unreserved characters (RFC 3986 2.3), for a part of a URL.
fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::{Dynamic, Engine};

    fn evaluate(script: &str) -> Thrown<Dynamic> {
        let mut engine = Engine::new_raw();
        engine.register_global_module(crate::standard::module().into());
        engine.set_max_string_size(1000);
        engine.eval(script)
    }

    #[test]
    fn text_is_joined_encoded_and_replaced() {
        for (script, expected) in [
            ("[\"a\", \"b\", 1].join(\", \")", "a, b, 1"),
            ("url_encode(\"a b&ü\")", "a%20b%26%C3%BC"),
            ("let t = \"a-b-c\"; t.replace(\"-\", \"+\"); t", "a+b+c"),
            ("let t = \"a-b\"; t.replace('-', \"==\"); t", "a==b"),
            ("let t = \"aab\"; t.replace(\"aa\", 'x'); t", "xb"),
        ] {
            assert_eq!(evaluate(script).unwrap().into_string().unwrap(), expected, "{script}");
        }
    }

    #[test]
    fn a_replacement_over_the_limit_is_never_made() {
        let script = "let a = \"\"; a.pad(1000, 'a'); let b = a; b.replace(\"a\", a); b";
        let error = *evaluate(script).unwrap_err();
        assert!(matches!(error, EvalAltResult::ErrorDataTooLarge(..)), "{error}");
    }
}
