//! Storage of end-users.

use crate::fault::Fault;
use crate::identifiers::Subject;
use crate::password::PasswordHash;
use crate::user::User;
use async_trait::async_trait;
use serde_json::{Map, Value};

/// The username or subject is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the username or subject is taken")]
pub struct DuplicateUser;

/// End-users.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// The account of that subject.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, subject: &Subject) -> Result<Option<User>, Fault>;

    /// The account of that username, without regard to ASCII case.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find_by_username(&self, username: &str) -> Result<Option<User>, Fault>;

    /// Adds an account. The inner error says that the username or subject is taken.
    ///
    /// # Errors
    /// A fault of the store; a username that holds a NUL character is one.
    async fn add(&self, user: &User) -> Result<Result<(), DuplicateUser>, Fault>;

    /// Replaces the claims, where the stored ones are still `expected`; answers whether they were: of two who read the same
    /// account and change it at once, one does.
    ///
    /// # Errors
    /// A fault of the store.
    async fn replace_claims(
        &self,
        subject: &Subject,
        expected: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<bool, Fault>;

    /// Replaces the password's hash; answers whether there is such an account.
    ///
    /// # Errors
    /// A fault of the store.
    async fn set_password(&self, subject: &Subject, password: &PasswordHash) -> Result<bool, Fault>;

    /// Replaces the hash `from` by `to`, made of the same password; does nothing where another password was set meanwhile.
    /// Answers whether it did.
    ///
    /// # Errors
    /// A fault of the store.
    async fn rehash(&self, subject: &Subject, from: &PasswordHash, to: &PasswordHash) -> Result<bool, Fault>;

    /// Disables an account or enables it again; answers whether there is such an account. With disabling go its sessions,
    /// codes and opaque access tokens, and its token families are revoked: whoever was signed in does not come back with
    /// the account. Consents stay.
    ///
    /// # Errors
    /// A fault of the store.
    async fn set_disabled(&self, subject: &Subject, disabled: bool) -> Result<bool, Fault>;

    /// Removes an account with its factors, sessions, consents, codes, opaque access tokens and token families
    /// (revoked). Answers whether there was one.
    ///
    /// # Errors
    /// A fault of the store.
    async fn remove(&self, subject: &Subject) -> Result<bool, Fault>;

    /// At most `limit` accounts by username, from the first after `after`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, Fault>;
}
