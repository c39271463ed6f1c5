//! `users`: the server's own directory of end-users.

use crate::turns::Turns;
use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::{Account, Guess, GuessLimit, Guessed, Reserved};
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::fault::Fault;
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::secret::SecretText;
use gatewright_domain::store::UserStore;
use gatewright_domain::user::{USERNAME_CHARS_MAX, User, UserView};
use std::net::IpAddr;
use std::sync::Arc;

/// Looks up the accounts of the store, and checks their passwords. Disabled accounts are as good as none.
pub struct Directory {
    users: Arc<dyn UserStore>,
    passwords: Arc<dyn PasswordHasher>,
    guesses: Arc<dyn GuessLimit>,
    turns: Turns,
}

impl Directory {
    /// Over `users`, whose passwords `passwords` checks, as often as `guesses` lets it.
    pub fn new(users: Arc<dyn UserStore>, passwords: Arc<dyn PasswordHasher>, guesses: Arc<dyn GuessLimit>) -> Self {
        Self { users, passwords, guesses, turns: Turns::default() }
    }

    async fn enabled(&self, key: &UserKey) -> Result<Option<User>, Fault> {
        let found = match key {
            UserKey::Subject(subject) => self.users.find(subject).await?,
            UserKey::Username(typed) => match username(typed) {
                Some(username) => self.users.find_by_username(username).await?,
                None => None,
            },
        };
        Ok(found.filter(|user| !user.disabled))
    }

    /// The account, if it is its password. Asked whether or not there is an account: without one the hasher does the same
    /// work for nothing. What the hasher could not look at was no try.
    async fn whose(&self, user: Option<User>, password: &SecretText, guess: &Guess) -> Result<Option<User>, Fault> {
        let hash = user.as_ref().and_then(|user| user.password.as_ref());
        let fits = match self.passwords.verify(password, hash).await {
            Ok(fits) => fits,
            Err(fault) => {
                self.guesses.withdrawn(guess).await?;
                return Err(fault);
            }
        };
        Ok(user.filter(|user| fits && user.password.is_some()))
    }

    /// Makes the hash of a password that was just verified anew, where new ones are made otherwise by now. The sign-in
    /// does not depend on it: what fails is logged, and tried again at the next one.
    async fn renew(&self, user: &User, password: &SecretText) {
        let Some(old) = user.password.as_ref().filter(|old| self.passwords.needs_rehash(old)) else { return };
        let renewed = async { self.users.rehash(&user.subject, old, &self.passwords.hash(password).await?).await };
        if let Err(fault) = renewed.await {
            tracing::warn!(subject = user.subject.as_str(), "a password's hash could not be made anew: {fault}");
        }
    }
}

#[async_trait]
impl UserDirectory for Directory {
    async fn find(&self, key: &UserKey) -> Result<Option<UserView>, Fault> {
        Ok(self.enabled(key).await?.as_ref().map(UserView::from))
    }

    async fn verify_password(
        &self,
        username: &str,
        password: &SecretText,
        from: Option<IpAddr>,
    ) -> Result<Option<UserView>, Fault> {
        let user = self.enabled(&UserKey::Username(username.to_owned())).await?;
        let guess = guess(username, user.as_ref(), from);
        let _turn = self.turns.take(&username.trim().to_ascii_lowercase()).await;
        let (counted, last) = match self.guesses.reserve(&guess).await? {
            Reserved::Counted { last } => (user, last),
            // The same work, for a password that nobody has.
            Reserved::Waits { .. } => {
                self.passwords.verify(password, None).await?;
                return Ok(None);
            }
        };
        let Some(user) = self.whose(counted, password, &guess).await? else {
            if last {
                self.guesses.locked(&guess).await?;
            }
            return Ok(None);
        };
        self.guesses.succeeded(&guess).await?;
        self.renew(&user, password).await;
        Ok(Some(UserView::from(&user)))
    }

    async fn wait_s(&self, username: &str, from: Option<IpAddr>) -> Result<u64, Fault> {
        // Nobody is looked up: who has to wait does not depend on whose name it is.
        self.guesses.wait_s(&guess(username, None, from)).await
    }
}

fn guess(username: &str, user: Option<&User>, address: Option<IpAddr>) -> Guess {
    let subject = user.map(|user| user.subject.clone());
    Guess { account: Account::Username { typed: username.to_owned(), subject }, address, what: Guessed::Password }
}

/// What was typed without blank space around it, if it can be a username.
fn username(typed: &str) -> Option<&str> {
    let name = typed.trim();
    (!name.is_empty() && name.chars().count() <= USERNAME_CHARS_MAX).then_some(name)
}

#[cfg(test)]
mod tests;
