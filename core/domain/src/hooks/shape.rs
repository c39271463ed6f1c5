//! The shapes of what hooks are told, as JSON Schema (2020-12): read off the contracts themselves, so that neither can say
//! what the other does not.

use super::HookKind;
use crate::identifiers::Subject;
use serde_json::{Map, Value, json};

/// What has a shape as JSON.
pub trait Shaped {
    /// Its JSON Schema, without `$schema`.
    fn shape() -> Value;

    /// Whether an object may go without a member of this type.
    const MAY_BE_ABSENT: bool = false;
}

impl Shaped for String {
    fn shape() -> Value {
        json!({ "type": "string" })
    }
}

impl Shaped for Subject {
    fn shape() -> Value {
        String::shape()
    }
}

impl Shaped for bool {
    fn shape() -> Value {
        json!({ "type": "boolean" })
    }
}

impl Shaped for i32 {
    fn shape() -> Value {
        json!({ "type": "integer", "minimum": Self::MIN, "maximum": Self::MAX })
    }
}

impl Shaped for i64 {
    fn shape() -> Value {
        json!({ "type": "integer" })
    }
}

impl Shaped for u64 {
    fn shape() -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    fn shape() -> Value {
        json!({ "type": "array", "items": T::shape() })
    }
}

impl<T: Shaped> Shaped for Option<T> {
    const MAY_BE_ABSENT: bool = true;

    fn shape() -> Value {
        json!({ "anyOf": [T::shape(), { "type": "null" }] })
    }
}

/// Claims: their names and values are the operator's own.
impl Shaped for Map<String, Value> {
    fn shape() -> Value {
        json!({ "type": "object" })
    }
}

/// An object's schema while it is put together.
pub struct Members {
    about: String,
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl Members {
    /// None yet, of an object with this comment.
    pub fn new(about: &str) -> Self {
        Self { about: sentence(about), properties: Map::new(), required: Vec::new() }
    }

    /// A member with its comment; a flattened one's own members.
    #[must_use]
    pub fn with<T: Shaped>(mut self, name: &str, says: &str, flattened: bool) -> Self {
        let mut shape = T::shape();
        if flattened {
            if let Some(Value::Object(inner)) = shape.get_mut("properties").map(Value::take) {
                self.properties.extend(inner);
            }
            if let Some(Value::Array(inner)) = shape.get_mut("required").map(Value::take) {
                self.required.extend(inner);
            }
            return self;
        }
        if let Value::Object(shape) = &mut shape {
            shape.insert("description".to_owned(), sentence(says).into());
        }
        self.properties.insert(name.to_owned(), shape);
        if !T::MAY_BE_ABSENT {
            self.required.push(name.into());
        }
        self
    }

    /// The object's schema.
    pub fn finish(self) -> Value {
        json!({
            "type": "object",
            "description": self.about,
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

/// The schema of one of some words.
pub fn one_of<T: serde::Serialize>(words: &[T]) -> Value {
    json!({ "enum": words })
}

/// A comment in one line.
fn sentence(comment: &str) -> String {
    comment.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A contract: the struct as written, and its shape.
macro_rules! contract {
    (
        $(#[doc = $about:literal])*
        #[derive($($derive:ident),*)]
        pub struct $name:ident {
            $($(#[doc = $says:literal])* $(#[serde($flatten:ident)])? pub $field:ident: $of:ty,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive($($derive),*)]
        pub struct $name {
            $($(#[doc = $says])* $(#[serde($flatten)])? pub $field: $of,)*
        }

        impl $crate::hooks::shape::Shaped for $name {
            fn shape() -> ::serde_json::Value {
                $crate::hooks::shape::Members::new(concat!($($about),*))
                    $(.with::<$of>(stringify!($field), concat!($($says),*), contract!(@ $($flatten)?)))*
                    .finish()
            }
        }
    };
    (@) => { false };
    (@ flatten) => { true };
}
pub(crate) use contract;

impl HookKind {
    /// The JSON Schema of what the hook is told.
    pub fn input_shape(self) -> Value {
        match self {
            Self::SelectAcr => super::SelectAcrInput::shape(),
            Self::Authenticate => super::AuthenticateInput::shape(),
            Self::AfterAuthentication => super::AfterAuthenticationInput::shape(),
            Self::Consent => super::ConsentInput::shape(),
            Self::Claims => super::ClaimsInput::shape(),
            Self::CustomizeToken => super::CustomizeTokenInput::shape(),
        }
    }
}

#[cfg(test)]
mod tests;
