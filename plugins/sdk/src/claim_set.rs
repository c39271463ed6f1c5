//! Claims by name: what is known of an end-user, what a token says.

use crate::bindings::types::Claim;
use crate::value::{Value, from_wire, put, to_wire};
use std::ops::Index;

/// Claims by name, each once, in the order they were put. What is not there is [`Value::Null`] by index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClaimSet(Vec<(String, Value)>);

impl ClaimSet {
    /// No claims.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same claims with `name`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.put(name, value);
        self
    }

    /// Puts the claim `name`, in the place of one that is there.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        put(&mut self.0, name.into(), value.into());
    }

    /// The claim `name`, if it is there.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The claim `name`, if it is there and a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// Each claim.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn to_wire(&self) -> Vec<Claim> {
        self.iter().map(|(name, value)| Claim { name: name.to_owned(), value: to_wire(value) }).collect()
    }

    pub(crate) fn from_wire(claims: Vec<Claim>) -> Self {
        claims.into_iter().map(|claim| (claim.name, from_wire(claim.value))).collect()
    }
}

impl Index<&str> for ClaimSet {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.get(name).unwrap_or(&NULL)
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for ClaimSet {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(claims: T) -> Self {
        claims.into_iter().fold(Self::new(), |set, (name, value)| set.with(name, value))
    }
}

impl<N: Into<String>, V: Into<Value>, const C: usize> From<[(N, V); C]> for ClaimSet {
    fn from(claims: [(N, V); C]) -> Self {
        claims.into_iter().collect()
    }
}

impl From<ClaimSet> for Value {
    fn from(claims: ClaimSet) -> Self {
        Self::Members(claims.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_travel_and_come_back() {
        let claims =
            ClaimSet::from([("email", "a@example.com")]).with("groups", ["staff"]).with("email", "b@example.com");
        assert_eq!(ClaimSet::from_wire(claims.to_wire()), claims);
        assert_eq!(claims.text("email"), Some("b@example.com"));
        assert_eq!(claims["groups"].texts(), ["staff"]);
        assert!(claims["phone"].is_null());
        assert_eq!(claims.iter().count(), 2);
    }
}
