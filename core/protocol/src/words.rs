//! The two shapes nearly every word of the protocol has: one of a closed list (`word_enum!`), or a
//! short text of a given alphabet (`text_newtype!`). Both come out with the same set of conversions, and
//! both deserialise by parsing.

/// Declares an enum whose values are fixed words on the wire.
macro_rules! word_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $what:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value, in the order they are declared.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }

        word_conversions!($name);

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::malformed::Malformed;

            fn try_from(text: &str) -> ::core::result::Result<Self, Self::Error> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::malformed::Malformed::Unknown { what: $what }),
                }
            }
        }
    };
}

/// What a type with `as_str` and `TryFrom<&str>` gets for free: `Display`, `FromStr`, serde.
macro_rules! word_conversions {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::malformed::Malformed;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let text = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(text.as_str()).map_err(::serde::de::Error::custom)
            }
        }
    };
}

/// Declares a text of 1 to `$max` bytes in which every character satisfies `$admits`.
macro_rules! text_newtype {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $what:literal, 1..=$max:expr, $admits:expr
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        word_conversions!($name);
        text_conversions!($name);

        impl ::core::convert::TryFrom<String> for $name {
            type Error = $crate::malformed::Malformed;

            fn try_from(text: String) -> ::core::result::Result<Self, Self::Error> {
                $crate::malformed::admit_text(&text, $what, $max, $admits)?;
                Ok($name(text))
            }
        }
    };
}

/// What a type with `TryFrom<String>` and `as_str` gets for free.
macro_rules! text_conversions {
    ($name:ident) => {
        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::malformed::Malformed;

            fn try_from(text: &str) -> ::core::result::Result<Self, Self::Error> {
                Self::try_from(text.to_owned())
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::convert::From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

/// What a type with `parse(&str)` and `Display` gets for free: it serialises as that text.
macro_rules! spaced_conversions {
    ($name:ident) => {
        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::malformed::Malformed;

            fn try_from(text: &str) -> ::core::result::Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::malformed::Malformed;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let text = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(::serde::de::Error::custom)
            }
        }
    };
}

/// What every word must hold to, for the tests of each.
#[cfg(test)]
pub(crate) mod laws {
    use std::fmt::{Debug, Display};

    use serde::{Serialize, de::DeserializeOwned};

    use crate::malformed::Malformed;

    /// Stores a value and reads it back.
    pub(crate) fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
        let stored = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&stored).unwrap(), value, "{stored}");
    }

    /// Every value of an enum has its own word, and no other text is taken.
    pub(crate) fn assert_words<T>(all: &[T], words: &[&str])
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug + Display + for<'a> TryFrom<&'a str, Error = Malformed>,
    {
        assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), words);
        for (value, word) in all.iter().zip(words) {
            assert_eq!(&T::try_from(word).unwrap(), value);
            assert_round_trip(value);
            for other in ["", &word.to_uppercase().replace("EDDSA", "eddsa"), &format!("{word} "), &format!(" {word}")]
            {
                if words.contains(&other) {
                    continue;
                }
                assert!(matches!(T::try_from(other), Err(Malformed::Unknown { .. })), "{other:?}");
                assert!(serde_json::from_value::<T>(other.into()).is_err(), "{other:?}");
            }
        }
    }

    /// A text has 1 to `max` bytes, of these characters and not of those; a stored one is parsed again.
    pub(crate) fn assert_text<T>(max: usize, admitted: &str, refused: &str)
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug + AsRef<str> + TryFrom<String, Error = Malformed>,
    {
        assert!(matches!(T::try_from(String::new()), Err(Malformed::Empty { .. })));
        let longest = "x".repeat(max);
        assert_eq!(T::try_from(longest.clone()).unwrap().as_ref(), longest);
        assert!(matches!(T::try_from(longest + "x"), Err(Malformed::TooLong { limit, .. }) if limit == max));
        for character in admitted.chars() {
            assert_round_trip(&T::try_from(format!("x{character}x")).unwrap());
        }
        for character in refused.chars() {
            let text = format!("x{character}x");
            assert!(serde_json::from_value::<T>(text.clone().into()).is_err(), "{character:?}");
            assert!(matches!(T::try_from(text), Err(Malformed::Character { .. })), "{character:?}");
        }
    }
}
