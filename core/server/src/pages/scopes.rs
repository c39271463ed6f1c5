//! Scope values and claims in words an end-user knows. An operator names further ones in `messages/<tag>.toml`:
//! `[scope.payments]` with `title` and `text`, and under `[claim]` a line for each claim.

use super::language::Language;
use super::presentable;
use gatewright_protocol::scope::ScopeValue;
use serde::Serialize;

/// A scope value on the consent page.
#[derive(Debug, Serialize)]
pub(super) struct ScopeModel {
    value: String,
    /// What the client may do; `None` for a value nobody put into words, which is shown as it is.
    title: Option<String>,
    text: Option<String>,
}

impl ScopeModel {
    /// The words for `value` in that language.
    pub(super) fn new(value: &ScopeValue, language: &Language) -> Self {
        let words = |part: &str| language.message(&format!("scope.{value}.{part}")).map(str::to_owned);
        Self { value: value.to_string(), title: words("title"), text: words("text") }
    }

    /// The value, its title and its text.
    pub(super) fn into_words(self) -> (String, Option<String>, Option<String>) {
        (self.value, self.title, self.text)
    }
}

/// A claim on the consent page, asked for by its name.
#[derive(Debug, Serialize)]
pub(super) struct ClaimModel {
    name: String,
    /// What the client wants to see; `None` for a claim nobody put into words, which is shown as it is.
    title: Option<String>,
}

impl ClaimModel {
    /// The words for the claim `name` in that language.
    pub(super) fn new(name: &str, language: &Language) -> Self {
        let title = language.message(&format!("claim.{name}")).map(str::to_owned);
        Self { name: presentable::name(name), title }
    }

    /// The name and its title.
    pub(super) fn into_words(self) -> (String, Option<String>) {
        (self.name, self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn standard_claims_have_words_and_others_are_shown_by_name() {
        let model = |name: &str| ClaimModel::new(name, &samples::english());
        for name in gatewright_protocol::claims::STANDARD_CLAIMS.iter().filter(|name| **name != "sub") {
            assert!(model(name).title.is_some(), "{name}");
        }
        let other = model("shoe\u{202e}_size");
        assert_eq!((other.name.as_str(), other.title), ("shoe_size", None));
    }

    #[test]
    fn standard_scopes_have_words_and_others_are_shown_by_value() {
        let model = |value: &str| ScopeModel::new(&ScopeValue::try_from(value).unwrap(), &samples::english());
        for value in ["openid", "profile", "email", "address", "phone", "offline_access"] {
            assert!(model(value).title.is_some() && model(value).text.is_some(), "{value}");
        }
        let other = model("payments:read");
        assert_eq!((other.value.as_str(), other.title, other.text), ("payments:read", None, None));
    }
}
