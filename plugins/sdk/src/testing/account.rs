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
    pub(super) wait_s: i64,
    pub(super) factors: Vec<(String, Option<String>, Proof)>,
}

/// What of a factor proves who its end-user is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Proof {
    /// The plugin stored this with it.
    Kept(Value),
    /// An app shows this code; and in which step of time it counted last.
    App { code: String, counted_at: Option<i64> },
    /// A passkey.
    Passkey { user_verified: bool },
    /// Recovery codes that are left.
    Codes(Vec<String>),
}

impl Account {
    /// An account of this username, whose subject is the same.
    pub fn new(username: &str) -> Self {
        Self {
            subject: username.into(),
            username: username.into(),
            password: None,
            claims: ClaimSet::new(),
            wait_s: 0,
            factors: Vec::new(),
        }
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

    /// Of whom `name` is known.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.put(name, value);
        self
    }

    /// Who must wait so many seconds from the beginning of the test before a try to sign in counts.
    #[must_use]
    pub fn must_wait(mut self, seconds: i64) -> Self {
        self.wait_s = seconds;
        self
    }

    /// Who has an authenticator app that shows `code`. As in life it counts once in a step of 30 seconds.
    #[must_use]
    pub fn app(self, code: &str) -> Self {
        self.has("app", None, Proof::App { code: code.to_owned(), counted_at: None })
    }

    /// Who has a passkey; the field of a page is answered with their username, `("key", "alice")`. `user_verified`: it
    /// asks for a PIN or a fingerprint.
    #[must_use]
    pub fn passkey(self, user_verified: bool) -> Self {
        self.has("passkey", None, Proof::Passkey { user_verified })
    }

    /// Who has these recovery codes.
    #[must_use]
    pub fn recovery_codes<'c>(self, codes: impl IntoIterator<Item = &'c str>) -> Self {
        self.has("recovery codes", None, Proof::Codes(codes.into_iter().map(Into::into).collect()))
    }

    /// Who has a factor of the plugin's own kind, with what was stored in it.
    #[must_use]
    pub fn factor(self, label: &str, data: impl Into<Value>) -> Self {
        self.has(label, None, Proof::Kept(data.into()))
    }

    /// Who has a factor of the plugin's own kind that is found by `reference`.
    #[must_use]
    pub fn factor_as(self, label: &str, reference: &str, data: impl Into<Value>) -> Self {
        self.has(label, Some(reference.to_owned()), Proof::Kept(data.into()))
    }

    fn has(mut self, label: &str, reference: Option<String>, proof: Proof) -> Self {
        self.factors.push((label.to_owned(), reference, proof));
        self
    }

    pub(super) fn seen(&self) -> types::User {
        types::User { subject: self.subject.clone(), username: self.username.clone(), claims: self.claims.to_wire() }
    }
}
