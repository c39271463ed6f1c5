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
