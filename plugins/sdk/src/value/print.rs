//! A value as JSON text (RFC 8259).

use super::Value;
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(integer) => write!(f, "{integer}"),
            // JSON has no infinities and no "not a number".
            Self::Decimal(decimal) if !decimal.is_finite() => f.write_str("null"),
            Self::Decimal(decimal) => write!(f, "{decimal:?}"),
            Self::Text(text) => quoted(f, text),
            Self::Items(items) => {
                f.write_char('[')?;
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        f.write_char(',')?;
                    }
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Members(members) => {
                f.write_char('{')?;
                for (place, (name, value)) in members.iter().enumerate() {
                    if place > 0 {
                        f.write_char(',')?;
                    }
                    quoted(f, name)?;
                    f.write_char(':')?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> Result {
    f.write_char('"')?;
    for letter in text.chars() {
        match letter {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_as_json() {
        let text = "\"quoted\" \\ \n\r\t\u{1}\u{7f} é \u{1F511}";
        let value = Value::object().with(text, text).with("n", [1.0e300, -0.5, 3.0]).with("none", Value::Null);
        let read: serde_json::Value = serde_json::from_str(&value.to_string()).unwrap();
        assert_eq!(read[text], text);
        assert_eq!(read["n"], serde_json::json!([1.0e300, -0.5, 3.0]));
        assert!(read["none"].is_null());
    }

    #[test]
    fn what_json_cannot_say_is_null() {
        assert_eq!(Value::from(vec![f64::NAN, f64::INFINITY]).to_string(), "[null,null]");
    }
}
