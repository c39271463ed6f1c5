//! Values as text, with a limit on how deep: Rhai's own recurses as deep as the values do.

use crate::failure::{Thrown, refuse};
use crate::secret::{SHOWN, is_secret};
use crate::values::{NESTING_MAX, describe, from_json, to_json};
use rhai::{Array, Dynamic, ImmutableString, Map, Module, NativeCallContext};
use std::fmt::Write as _;

pub(super) fn register(module: &mut Module) {
    for name in ["to_string", "to_debug", "print", "debug"] {
        module.set_native_fn(name, |context: NativeCallContext, items: &mut Array| {
            Printer::of(&context).print(|printer| printer.array(items, NESTING_MAX))
        });
        module.set_native_fn(name, |context: NativeCallContext, members: &mut Map| {
            Printer::of(&context).print(|printer| printer.map(members, NESTING_MAX))
        });
    }
    module.set_native_fn("to_json", |value: Dynamic| json(&value));
    // Rhai has one for maps, with no limit.
    module.set_native_fn("to_json", |members: Map| json(&members.into()));
    module.set_native_fn("parse_json", |text: ImmutableString| match serde_json::from_str(&text) {
        Ok(value) => Ok(from_json(&value)),
        Err(error) => Err(refuse(format!("parse_json: {error}"))),
    });
}

fn json(value: &Dynamic) -> Thrown<ImmutableString> {
    let json = to_json(value).map_err(|why| refuse(format!("to_json: {why}")))?;
    Ok(json.to_string().into())
}

struct Printer {
    text: String,
    bytes_max: usize,
}

impl Printer {
    fn of(context: &NativeCallContext) -> Self {
        Self { text: String::new(), bytes_max: context.engine().max_string_size() }
    }

    fn print(mut self, print: impl FnOnce(&mut Self) -> Thrown<()>) -> Thrown<ImmutableString> {
        print(&mut self)?;
        Ok(self.text.into())
    }

    fn array(&mut self, items: &Array, levels: usize) -> Thrown<()> {
        self.text.push('[');
        for (place, item) in items.iter().enumerate() {
            self.comma(place);
            self.value(item, levels)?;
        }
        self.text.push(']');
        Ok(())
    }

    fn map(&mut self, members: &Map, levels: usize) -> Thrown<()> {
        self.text.push_str("#{");
        for (place, (name, value)) in members.iter().enumerate() {
            self.comma(place);
            self.write(format_args!("{name:?}: "));
            self.value(value, levels)?;
        }
        self.text.push('}');
        Ok(())
    }

    fn value(&mut self, value: &Dynamic, levels: usize) -> Thrown<()> {
        let deeper = || levels.checked_sub(1).ok_or_else(|| refuse(format!("nested over {NESTING_MAX} deep to print")));
        if let Ok(items) = value.as_array_ref() {
            return self.array(&items, deeper()?);
        }
        if let Ok(members) = value.as_map_ref() {
            return self.map(&members, deeper()?);
        }
        match () {
            () if is_secret(value) => self.text.push_str(SHOWN),
            () if value.is_unit() => self.text.push_str("()"),
            () if value.is_string() || value.is_char() || value.is_bool() || value.is_int() || value.is_float() => {
                self.write(format_args!("{value:?}"));
            }
            () => self.text.push_str(describe(value)),
        }
        if self.text.len() > self.bytes_max {
            return Err(refuse(format!("printed it is longer than {} bytes", self.bytes_max)));
        }
        Ok(())
    }

    fn comma(&mut self, place: usize) {
        if place > 0 {
            self.text.push_str(", ");
        }
    }

    fn write(&mut self, what: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(what);
    }
}
