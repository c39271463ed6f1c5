//! `users`: the server's own directory of end-users.

use async_trait::async_trait;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::fault::Fault;
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::secret::SecretText;
use gatewright_domain::store::UserStore;
use gatewright_domain::user::{USERNAME_CHARS_MAX, User, UserView};
use std::sync::Arc;

/// Looks up the accounts of the store, and checks their passwords. Disabled accounts are as good as none.
pub struct Directory {
    users: Arc<dyn UserStore>,
    passwords: Arc<dyn PasswordHasher>,
}

impl Directory {
    /// Over `users`, whose passwords `passwords` checks.
    pub fn new(users: Arc<dyn UserStore>, passwords: Arc<dyn PasswordHasher>) -> Self {
        Self { users, passwords }
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

    async fn verify_password(&self, username: &str, password: &SecretText) -> Result<Option<UserView>, Fault> {
        let user = self.enabled(&UserKey::Username(username.to_owned())).await?;
        // Asked whether or not there is an account: without one the hasher does the same work for nothing.
        let hash = user.as_ref().and_then(|user| user.password.as_ref());
        let fits = self.passwords.verify(password, hash).await?;
        let user = user.filter(|user| fits && user.password.is_some());
        if let Some(user) = &user {
            self.renew(user, password).await;
        }
        Ok(user.as_ref().map(UserView::from))
    }

    async fn wait_s(&self, _: &str) -> Result<u64, Fault> {
        Ok(0)
    }
}

/// What was typed without blank space around it, if it can be a username.
fn username(typed: &str) -> Option<&str> {
    let name = typed.trim();
    (!name.is_empty() && name.chars().count() <= USERNAME_CHARS_MAX).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{CountingHasher, OUTDATED};
    use gatewright_domain::identifiers::Subject;
    use gatewright_domain::password::PasswordHash;
    use gatewright_testing::{memory, samples};

    /// A directory of accounts whose passwords are "password of" their names.
    async fn directory_with(passwords: CountingHasher, accounts: &[User]) -> (Directory, Arc<CountingHasher>) {
        let (users, passwords) = (memory::stores().users, Arc::new(passwords));
        for account in accounts {
            users.add(account).await.unwrap().unwrap();
        }
        (Directory::new(users, passwords.clone()), passwords)
    }

    fn account(username: &str) -> User {
        let password = Some(PasswordHash(format!("password of {username}")));
        User { password, ..samples::user(&format!("sub-{}", username.len()), username) }
    }

    async fn directory() -> (Directory, Arc<CountingHasher>) {
        directory_with(CountingHasher::default(), &accounts()).await
    }

    fn accounts() -> [User; 3] {
        [
            account("alice"),
            User { disabled: true, ..account("bob") },
            User { password: None, ..account("carol-without-password") },
        ]
    }

    #[tokio::test]
    async fn an_account_is_found_by_subject_and_by_username() {
        let (directory, _) = directory().await;
        let subject = UserKey::Subject(Subject::parse("sub-5").unwrap());
        assert_eq!(directory.find(&subject).await.unwrap().unwrap().username, "alice");
        for typed in ["alice", "Alice", " alice\t"] {
            let found = directory.find(&UserKey::Username(typed.to_owned())).await.unwrap();
            assert_eq!(found.unwrap().subject.as_str(), "sub-5", "{typed:?}");
        }
        for absent in ["bob", "mallory", "", "  "] {
            let found = directory.find(&UserKey::Username(absent.to_owned())).await.unwrap();
            assert!(found.is_none(), "{absent:?}");
        }
        let disabled = UserKey::Subject(Subject::parse("sub-3").unwrap());
        assert!(directory.find(&disabled).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn only_the_right_password_of_an_enabled_account_signs_in_and_all_cost_the_same() {
        let (directory, passwords) = directory().await;
        let long = "a".repeat(USERNAME_CHARS_MAX + 1);
        for (username, password, signs_in) in [
            ("alice", "password of alice", true),
            (" ALICE ", "password of alice", true),
            ("alice", "password of bob", false),
            ("alice", "", false),
            ("bob", "password of bob", false),
            ("carol-without-password", "", false),
            ("mallory", "password of mallory", false),
            ("", "password of alice", false),
            (&long, "password of alice", false),
        ] {
            let before = passwords.verified();
            let found = directory.verify_password(username, &SecretText::new(password)).await.unwrap();
            assert_eq!(found.is_some(), signs_in, "{username:?}");
            assert_eq!(passwords.verified(), before + 1, "{username:?}");
        }
    }

    #[tokio::test]
    async fn a_hash_that_new_ones_are_not_made_like_is_made_anew_when_its_password_is_typed() {
        let outdated = PasswordHash(format!("{OUTDATED}password of alice"));
        let alice = User { password: Some(outdated.clone()), ..account("alice") };
        for (hasher, typed, kept) in [
            (CountingHasher::default(), "password of alice", "password of alice"),
            (CountingHasher::default(), "password of bob", outdated.0.as_str()),
            (CountingHasher::busy(), "password of alice", outdated.0.as_str()),
        ] {
            let (directory, _) = directory_with(hasher, std::slice::from_ref(&alice)).await;
            let found = directory.verify_password("alice", &SecretText::new(typed)).await.unwrap();
            assert_eq!(found.is_some(), typed == "password of alice", "a busy hasher keeps nobody out");
            let stored = directory.users.find(&alice.subject).await.unwrap().unwrap();
            assert_eq!(stored.password, Some(PasswordHash(kept.to_owned())), "{typed}");
        }
    }

    #[tokio::test]
    async fn the_longest_username_is_looked_up_and_no_longer_one() {
        let (longest, over) = ("é".repeat(USERNAME_CHARS_MAX), "é".repeat(USERNAME_CHARS_MAX + 1));
        let accounts = [account(&longest), account(&over)];
        let (directory, _) = directory_with(CountingHasher::default(), &accounts).await;
        assert!(directory.find(&UserKey::Username(longest)).await.unwrap().is_some());
        assert!(directory.find(&UserKey::Username(over)).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_hasher_that_says_yes_to_nobody_signs_nobody_in() {
        let (directory, _) = directory_with(CountingHasher::always_yes(), &accounts()).await;
        for username in ["bob", "carol-without-password", "mallory"] {
            let found = directory.verify_password(username, &SecretText::new("x")).await.unwrap();
            assert!(found.is_none(), "{username}");
        }
    }
}
