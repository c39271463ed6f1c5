//! Structured values: claims, what `kv` keeps, JSON that is sent and received.

mod print;
mod wire;

use std::ops::Index;

pub(crate) use wire::{from_wire, to_wire};

/// A value as JSON has them. Made with `into()` and [`Value::object`], read with `as_text()` and its kin, and by
/// index: what is not there is [`Value::Null`].
///
/// ```
/// use gatewright_plugin::Value;
///
/// let order = Value::object().with("item", "tea").with("cups", 2).with("tags", ["hot", "green"]);
/// assert_eq!(order["item"].as_text(), Some("tea"));
/// assert_eq!(order["cups"].as_integer(), Some(2));
/// assert_eq!(order["tags"].texts(), ["hot", "green"]);
/// assert!(order["sugar"].is_null());
/// assert_eq!(order.to_string(), r#"{"item":"tea","cups":2,"tags":["hot","green"]}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Decimal(f64),
    /// Text.
    Text(String),
    /// Values in order.
    Items(Vec<Value>),
    /// Values by name, in the order they were put.
    Members(Vec<(String, Value)>),
}

static NULL: Value = Value::Null;

impl Value {
    /// An object without members, to be filled by [`Value::with`].
    pub fn object() -> Self {
        Self::Members(Vec::new())
    }

    /// The same object with `name`; what was no object becomes one.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let mut members = match self {
            Self::Members(members) => members,
            _ => Vec::new(),
        };
        put(&mut members, name.into(), value.into());
        Self::Members(members)
    }

    /// Whether it is nothing.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// The number, if it is one; a whole one is one too.
    pub fn as_decimal(&self) -> Option<f64> {
        match self {
            Self::Decimal(decimal) => Some(*decimal),
            #[allow(clippy::cast_precision_loss, reason = "a decimal is what was asked for")]
            Self::Integer(integer) => Some(*integer as f64),
            _ => None,
        }
    }

    /// The items; none if it has none.
    pub fn items(&self) -> &[Value] {
        match self {
            Self::Items(items) => items,
            _ => &[],
        }
    }

    /// The members; none if it has none.
    pub fn members(&self) -> &[(String, Value)] {
        match self {
            Self::Members(members) => members,
            _ => &[],
        }
    }

    /// Those of its items that are texts; a text alone is one.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            _ => self.items().iter().filter_map(Value::as_text).collect(),
        }
    }

    /// The member `name`, if it is there.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members().iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

/// Puts `value` at `name`, in the place of one that is there.
pub(crate) fn put(members: &mut Vec<(String, Value)>, name: String, value: Value) {
    match members.iter_mut().find(|(own, _)| *own == name) {
        Some((_, there)) => *there = value,
        None => members.push((name, value)),
    }
}

impl Index<&str> for Value {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&NULL)
    }
}

impl Index<usize> for Value {
    type Output = Value;

    fn index(&self, place: usize) -> &Value {
        self.items().get(place).unwrap_or(&NULL)
    }
}

macro_rules! from {
    ($($from:ty => |$it:ident| $value:expr),* $(,)?) => {
        $(impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $value
            }
        })*
    };
}

from! {
    bool => |flag| Self::Flag(flag),
    i64 => |integer| Self::Integer(integer),
    i32 => |integer| Self::Integer(integer.into()),
    u32 => |integer| Self::Integer(integer.into()),
    u16 => |integer| Self::Integer(integer.into()),
    f64 => |decimal| Self::Decimal(decimal),
    &str => |text| Self::Text(text.to_owned()),
    String => |text| Self::Text(text),
    &String => |text| Self::Text(text.clone()),
    &Value => |value| value.clone(),
}

/// A whole number beyond 64 bits with a sign is a decimal, as from the server.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "a decimal is what is left")]
        i64::try_from(number).map_or(Self::Decimal(number as f64), Self::Integer)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        (number as u64).into()
    }
}

impl<T: Into<Value> + Clone> From<&[T]> for Value {
    fn from(items: &[T]) -> Self {
        items.to_vec().into()
    }
}

impl<T: Into<Value> + Clone> From<&Vec<T>> for Value {
    fn from(items: &Vec<T>) -> Self {
        items.clone().into()
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::Items(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        Self::Items(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClaimSet;

    #[test]
    fn what_is_not_there_is_null() {
        let value = Value::object().with("a", Value::from(["x"]));
        assert_eq!(value["b"]["c"][3], Value::Null);
        assert_eq!(value["a"][0].as_text(), Some("x"));
        assert_eq!(value["a"][1], Value::Null);
        assert_eq!(Value::from(None::<bool>), Value::Null);
    }

    #[test]
    fn values_are_made_of_what_inputs_hold() {
        let scope = vec!["openid".to_owned()];
        assert_eq!(Value::from(&scope), Value::from(["openid"]));
        assert_eq!(Value::from(&scope[..]), Value::from(["openid"]));
        assert_eq!(Value::from(300_u64), Value::Integer(300));
        assert_eq!(Value::from(u64::MAX), Value::Decimal(18_446_744_073_709_551_615.0));
        assert_eq!(Value::from(scope.len()), Value::Integer(1));
        assert_eq!(Value::from(ClaimSet::from([("a", 1)])), Value::object().with("a", 1));
    }

    #[test]
    fn a_name_is_put_once() {
        let value = Value::object().with("a", 1).with("b", 2).with("a", 3);
        assert_eq!(value.to_string(), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn a_kind_is_read_as_itself_alone() {
        assert_eq!(Value::from("1").as_integer(), None);
        assert_eq!(Value::from(1).as_decimal(), Some(1.0));
        assert_eq!(Value::from(1.5).as_integer(), None);
        assert_eq!(Value::from("alone").texts(), ["alone"]);
        assert_eq!(Value::from(true).as_text(), None);
    }
}
