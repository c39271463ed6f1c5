//! The languages an end-user prefers, as the client knows them: `ui_locales` (OpenID Connect Core
//! 3.1.2.1), tags after BCP 47.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most tags kept; the ones after are dropped.
pub const LOCALES_MAX: usize = 16;
/// Longest tag kept, in bytes.
pub const LOCALE_TAG_MAX_BYTES: usize = 35;

/// Language tags, the most preferred first.
///
/// A hint, never a reason to refuse: what does not look like a language tag is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Locales(Vec<String>);

impl Locales {
    /// Takes what looks like language tags from a text of tags separated by spaces.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let tags = text.split(' ').filter(|tag| looks_like_language_tag(tag));
        Self(tags.take(LOCALES_MAX).map(str::to_owned).collect())
    }

    /// The tags, the most preferred first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing is preferred.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `language` of two to eight letters, then subtags of one to eight letters or digits (RFC 5646 2.1, without its registry).
#[must_use]
pub fn looks_like_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    tag.len() <= LOCALE_TAG_MAX_BYTES
        && (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags
            .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl FromStr for Locales {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(text))
    }
}

impl From<&str> for Locales {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

impl fmt::Display for Locales {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.join(" "))
    }
}

impl Serialize for Locales {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Locales {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::assert_round_trip;

    fn tags(text: &str) -> Vec<String> {
        Locales::parse(text).iter().map(str::to_owned).collect()
    }

    #[test]
    fn what_does_not_look_like_a_tag_is_dropped() {
        let table = [
            ("", vec![]),
            ("de", vec!["de"]),
            ("fr-CA fr en", vec!["fr-CA", "fr", "en"]),
            ("zh-Hant-TW  se", vec!["zh-Hant-TW", "se"]),
            ("d de_DE d- -de 1a de-123456789 <script> é de", vec!["de"]),
        ];
        for (text, expected) in table {
            assert_eq!(tags(text), expected, "{text:?}");
            assert_eq!(Locales::parse(text).is_empty(), expected.is_empty());
            assert_round_trip(&Locales::parse(text));
        }
    }

    #[test]
    fn tags_are_kept_up_to_their_limits() {
        assert_eq!(tags(&"de ".repeat(LOCALES_MAX + 1)).len(), LOCALES_MAX);
        let longest = "abcdefgh-12345678-12345678-12345678";
        assert_eq!(longest.len(), LOCALE_TAG_MAX_BYTES);
        assert!(looks_like_language_tag(longest));
        assert!(!looks_like_language_tag("abcdefgh-12345678-12345678-1234567-a"));
    }

    proptest! {
        #[test]
        fn whatever_is_kept_is_kept_again(text in "\\PC{0,80}|([a-z]{0,9}-?[A-Z0-9]{0,3} ){0,20}") {
            let kept = Locales::parse(&text);
            prop_assert_eq!(Locales::parse(&kept.to_string()), kept);
        }
    }
}
