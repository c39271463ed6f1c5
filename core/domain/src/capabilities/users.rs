//! `users`: the directory of end-users.

use crate::fault::Fault;
use crate::identifiers::Subject;
use crate::secret::SecretText;
use crate::user::UserView;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// By what an end-user is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "is", rename_all = "snake_case")]
pub enum UserKey {
    /// By subject.
    Subject(Subject),
    /// By username, without regard to ASCII case.
    Username(String),
}

/// Looks up end-users and checks their passwords.
#[async_trait]
pub trait UserDirectory: Send + Sync {
    /// The enabled account under `key`.
    ///
    /// # Errors
    /// A fault of the directory.
    async fn find(&self, key: &UserKey) -> Result<Option<UserView>, Fault>;

    /// The enabled account whose username and password these are, if a try at it from the address `from` counts now:
    /// while one has to wait, no password fits. Takes as long for an unknown username.
    ///
    /// # Errors
    /// A fault of the directory, the hasher or the limit on guessing.
    async fn verify_password(
        &self,
        username: &str,
        password: &SecretText,
        from: Option<IpAddr>,
    ) -> Result<Option<UserView>, Fault>;

    /// How many seconds from now the next password for this username, from the address `from`, is looked at; 0: at once.
    ///
    /// # Errors
    /// A fault of the limit on guessing.
    async fn wait_s(&self, username: &str, from: Option<IpAddr>) -> Result<u64, Fault>;
}
