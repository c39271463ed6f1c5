//! An account in a test's directory.

use crate::bindings::types;
use crate::claim_set::ClaimSet;
use crate::value::Value;

/// An account. Without a password none is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub(super) subject: String,
    pub(super) username: String,
    pub(super) password: Option<String>,
    pub(super) claims: ClaimSet,
    pub(super) wait_s: u64,
}

impl Account {
    /// An account of this username, whose subject is the same.
    pub fn new(username: &str) -> Self {
        Self { subject: username.into(), username: username.into(), password: None, claims: ClaimSet::new(), wait_s: 0 }
    }

    /// Whose subject is `subject`.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    /// Whose password is `password`.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Whose next password is looked at in so many seconds: until then none fits.
    #[must_use]
    pub fn waits(mut self, seconds: u64) -> Self {
        self.wait_s = seconds;
        self
    }

    /// Of whom `name` is known.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.put(name, value);
        self
    }

    pub(super) fn seen(&self) -> types::User {
        types::User { subject: self.subject.clone(), username: self.username.clone(), claims: self.claims.to_wire() }
    }
}
