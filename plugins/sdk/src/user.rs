//! An end-user, as far as plugins see one.

use crate::bindings::types;
use crate::claim_set::ClaimSet;

/// An end-user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Who it is, for life.
    pub subject: String,
    /// What they type.
    pub username: String,
    /// What is known of them.
    pub claims: ClaimSet,
}

impl From<types::User> for User {
    fn from(user: types::User) -> Self {
        Self { subject: user.subject, username: user.username, claims: ClaimSet::from_wire(user.claims) }
    }
}
