//! Scope: what a client asks to be allowed and is allowed (RFC 6749 3.3).

use crate::malformed::Malformed;

/// Longest scope value, in bytes.
pub const SCOPE_VALUE_MAX_BYTES: usize = 128;
/// Most values in one scope.
pub const SCOPE_MAX_VALUES: usize = 64;

text_newtype! {
    /// One scope value: `scope-token` of RFC 6749 3.3.
    pub struct ScopeValue: "scope value", 1..=SCOPE_VALUE_MAX_BYTES, |character| {
        matches!(character, '!' | '#'..='[' | ']'..='~')
    }
}

/// A set of scope values that remembers the order it was built in.
///
/// Two scopes are equal when they hold the same values: the order is only for showing (RFC 6749 3.3:
/// "the order does not matter"). It never holds more than [`SCOPE_MAX_VALUES`]: parsing a longer text fails, and
/// putting in one value too many leaves it out, so that the scope can only come out narrower.
#[derive(Debug, Clone, Default)]
pub struct Scope(Vec<ScopeValue>);

impl Scope {
    /// The scope that allows nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Parses values separated by spaces. Repeated values count once; no value at all is the empty scope.
    ///
    /// # Errors
    /// [`Malformed`] when a value is not a scope token or there are more than [`SCOPE_MAX_VALUES`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut scope = Self::empty();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let value = ScopeValue::try_from(word)?;
            if !scope.contains(word) && !scope.insert(value) {
                return Err(Malformed::TooMany { what: "scope", limit: SCOPE_MAX_VALUES });
            }
        }
        Ok(scope)
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = &ScopeValue> {
        self.0.iter()
    }

    /// Whether the value is in the scope.
    #[must_use]
    pub fn contains(&self, value: &str) -> bool {
        self.0.iter().any(|held| held.as_str() == value)
    }

    /// Whether the scope allows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether `other` holds every value of this scope.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().all(|value| other.contains(value.as_str()))
    }

    /// The values both hold, in the order of this scope.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.iter().filter(|value| other.contains(value.as_str())).cloned().collect()
    }

    /// The values of this scope, then those that only `other` holds.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).cloned().collect()
    }

    /// The values of this scope that `other` does not hold, in order.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.iter().filter(|value| !other.contains(value.as_str())).cloned().collect()
    }

    /// This scope but for one value.
    #[must_use]
    pub fn without(&self, value: &str) -> Self {
        self.iter().filter(|held| held.as_str() != value).cloned().collect()
    }

    /// Puts a value at the end; `true` when it was not there and there was room for it.
    pub fn insert(&mut self, value: ScopeValue) -> bool {
        let fits = self.0.len() < SCOPE_MAX_VALUES && !self.contains(value.as_str());
        if fits {
            self.0.push(value);
        }
        fits
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl Eq for Scope {}

impl FromIterator<ScopeValue> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeValue>>(values: I) -> Self {
        let mut scope = Self::empty();
        for value in values {
            scope.insert(value);
        }
        scope
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, value) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(out, "{space}{value}")?;
        }
        Ok(())
    }
}

spaced_conversions!(Scope);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::{assert_round_trip, assert_text};

    fn scope(text: &str) -> Scope {
        Scope::parse(text).unwrap()
    }

    fn numbered(values: std::ops::Range<usize>) -> String {
        values.map(|n| format!("s{n}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_scope_value_has_the_alphabet_of_rfc_6749() {
        assert_text::<ScopeValue>(SCOPE_VALUE_MAX_BYTES, "!#[]~:/.", " \"\\\u{7f}\né");
    }

    #[test]
    fn a_scope_is_a_set_that_shows_the_order_it_was_built_in() {
        let parsed = scope("openid  email openid profile ");
        assert_eq!(parsed.to_string(), "openid email profile");
        assert_eq!(parsed.len(), 3);
        assert_eq!(parsed, scope("profile openid email"));
        assert_ne!(parsed, scope("openid email"));
        assert_ne!(scope("openid email"), parsed);
        assert_ne!(parsed, scope("openid email phone"));
        assert_round_trip(&parsed);
        assert_round_trip(&Scope::empty());
        assert!(scope("").is_empty() && Scope::default().is_empty() && !parsed.is_empty());
    }

    #[test]
    fn scopes_are_reckoned_with_as_sets() {
        let (wide, narrow, other) = (scope("a b c"), scope("c a"), scope("c d"));
        assert!(narrow.is_subset(&wide) && !wide.is_subset(&narrow) && Scope::empty().is_subset(&narrow));
        assert!(wide.contains("b") && !wide.contains("B") && !wide.contains("a b"));
        assert_eq!(wide.intersection(&narrow).to_string(), "a c");
        assert_eq!(wide.union(&other).to_string(), "a b c d");
        assert_eq!(wide.difference(&narrow).to_string(), "b");
        assert_eq!(wide.without("a").to_string(), "b c");
        assert_eq!(wide.without("z"), wide);
    }

    #[test]
    fn a_text_with_too_many_values_is_refused() {
        assert_eq!(scope(&numbered(0..SCOPE_MAX_VALUES)).len(), SCOPE_MAX_VALUES);
        assert_eq!(scope(&format!("{} s0", numbered(0..SCOPE_MAX_VALUES))).len(), SCOPE_MAX_VALUES);
        let refused = Malformed::TooMany { what: "scope", limit: SCOPE_MAX_VALUES };
        assert_eq!(Scope::parse(&numbered(0..SCOPE_MAX_VALUES + 1)), Err(refused));
    }

    #[test]
    fn a_value_too_many_is_left_out_when_scopes_are_put_together() {
        let full = scope(&numbered(0..SCOPE_MAX_VALUES));
        assert_eq!(full.union(&scope("extra")), full);
        assert!(!full.clone().insert(ScopeValue::try_from("extra").unwrap()));
        let mut one = scope("a");
        assert!(!one.insert(ScopeValue::try_from("a").unwrap()));
        assert!(one.insert(ScopeValue::try_from("b").unwrap()));
        assert_round_trip(&full.union(&one));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_survives(text in "\\PC{0,60}|([a-c]{1,2} ){0,20}") {
            if let Ok(read) = Scope::parse(&text) {
                prop_assert_eq!(Scope::parse(&read.to_string()).unwrap().to_string(), read.to_string());
            }
        }

        #[test]
        fn an_intersection_is_within_both_and_a_union_around_both(
            left in "([a-f] ){0,6}",
            right in "([a-f] ){0,6}",
        ) {
            let (left, right) = (scope(&left), scope(&right));
            let both = left.intersection(&right);
            prop_assert!(both.is_subset(&left) && both.is_subset(&right));
            let either = left.union(&right);
            prop_assert!(left.is_subset(&either) && right.is_subset(&either));
            prop_assert_eq!(either.len() + both.len(), left.len() + right.len());
            prop_assert!(left.difference(&right).intersection(&right).is_empty());
        }
    }
}
