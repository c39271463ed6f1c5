//! `users`: this server's own accounts.

use async_trait::async_trait;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::fault::Fault;
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::secret::SecretText;
use gatewright_domain::store::UserStore;
use gatewright_domain::user::{USERNAME_CHARS_MAX, User, UserView};
use std::sync::Arc;

/// The accounts in the store, with their passwords.
pub struct Directory {
    users: Arc<dyn UserStore>,
    passwords: Arc<dyn PasswordHasher>,
}

impl Directory {
    /// A directory over the store.
    pub fn new(users: Arc<dyn UserStore>, passwords: Arc<dyn PasswordHasher>) -> Self {
        Self { users, passwords }
    }

    async fn enabled(&self, username: &str) -> Result<Option<User>, Fault> {
        let username = username.trim();
        if username.is_empty() || username.chars().count() > USERNAME_CHARS_MAX {
            return Ok(None);
        }
        Ok(self.users.find_by_username(username).await?.filter(|user| !user.disabled))
    }
}

#[async_trait]
impl UserDirectory for Directory {
    async fn find(&self, key: &UserKey) -> Result<Option<UserView>, Fault> {
        let user = match key {
            UserKey::Subject(subject) => self.users.find(subject).await?.filter(|user| !user.disabled),
            UserKey::Username(username) => self.enabled(username).await?,
        };
        Ok(user.as_ref().map(UserView::from))
    }

    async fn verify_password(&self, username: &str, password: &SecretText) -> Result<Option<UserView>, Fault> {
        let user = self.enabled(username).await?;
        let hash = user.as_ref().and_then(|user| user.password.as_ref());
        let fits = self.passwords.verify(password, hash).await?;
        Ok(user.filter(|_| fits).as_ref().map(UserView::from))
    }
}
