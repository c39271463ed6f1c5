//! An end-user's account.

use crate::clock::Timestamp;
use crate::hooks::shape::contract;
use crate::identifiers::Subject;
use crate::password::PasswordHash;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An account in this server's own directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The end-user's name for life.
    pub subject: Subject,
    /// What the end-user types; unique without regard to ASCII case.
    pub username: String,
    /// Claims about the end-user (OpenID Connect Core 5.1 and the operator's own).
    pub claims: Map<String, Value>,
    /// The password's hash; without one no password fits.
    pub password: Option<PasswordHash>,
    /// A disabled account cannot sign in, and its tokens stop working.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Longest username, in characters.
pub const USERNAME_CHARS_MAX: usize = 128;

contract! {
    /// What a hook sees of an account: all but the password's hash.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct UserView {
        /// The end-user's name for life.
        pub subject: Subject,
        /// What the end-user types.
        pub username: String,
        /// Claims about the end-user.
        pub claims: Map<String, Value>,
    }
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self { subject: user.subject.clone(), username: user.username.clone(), claims: user.claims.clone() }
    }
}
