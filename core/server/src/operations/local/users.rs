//! End-users.

use super::Local;
use crate::operations::page::{Expected, Page, PageRequest};
use crate::operations::user::{NewPassword, NewUser, UserChange, UserDetail, UserDocument, admit_claims};
use crate::operations::{OperationError, Outcome, ProblemKind, UserOperations};
use async_trait::async_trait;
use gatewright_capabilities::OsEntropy;
use gatewright_domain::capabilities::guessing::{Account, Guess, GuessLimit, Guessed};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::new_password::NewPasswordRule;
use gatewright_domain::password::PasswordHash;
use gatewright_domain::secret::SecretText;
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_domain::store::DuplicateUser;
use gatewright_domain::user::{USERNAME_CHARS_MAX, User};
use serde_json::{Map, Value};

#[async_trait]
impl UserOperations for Local {
    async fn users(&self, prefix: &str, page: &PageRequest) -> Outcome<Page<UserDocument>> {
        let prefix = prefix.to_ascii_lowercase();
        // The account whose whole name it is comes first, and is not after itself.
        let exact = match &page.after {
            None if !prefix.is_empty() => self.stores.users.find_by_username(&prefix).await?,
            _ => None,
        };
        let after = page.after.clone().or_else(|| (!prefix.is_empty()).then(|| prefix.clone()));
        let listed = self.stores.users.list(after.as_deref(), page.and_one()).await?;
        let of = |user: &User| user.username.to_ascii_lowercase().starts_with(&prefix);
        let users: Vec<User> = exact.into_iter().chain(listed.into_iter().take_while(of)).collect();
        Ok(page.of(users, |user| user.username.to_ascii_lowercase(), |user: &User| UserDocument::from(user)))
    }

    async fn user_named(&self, username: &str) -> Outcome<Option<UserDocument>> {
        Ok(self.stores.users.find_by_username(username).await?.as_ref().map(UserDocument::from))
    }

    async fn user(&self, subject: &str) -> Outcome<UserDetail> {
        let user = self.stored_user(subject).await?;
        let (locked_until, wait_s) = self.waits(&user).await?;
        let events = self.stores.security_events.list(&user.subject).await?;
        let events = events.iter().map(Into::into).collect();
        Ok(UserDetail { user: (&user).into(), locked_until, wait_s, events })
    }

    async fn add_user(&self, new: NewUser) -> Outcome<UserDocument> {
        let username = admit_username(&new.username)?;
        let subject = match new.subject {
            Some(subject) => Subject::parse(subject)
                .map_err(|error| ProblemKind::Subject.says(format!("the subject cannot be this one: {error}")))?,
            None => Subject::draw(&OsEntropy),
        };
        admit_claims(&new.claims)?;
        let exists =
            || ProblemKind::UserExists.says(format!("there is an end-user {username} already, or one of that subject"));
        if self.stores.users.find_by_username(username).await?.is_some() {
            // Said before a password is hashed; what counts is said by the store.
            return Err(exists().into());
        }
        let password = match &new.password {
            None => None,
            Some(password) => Some(self.hashed(password, &names_of(username, &new.claims)).await?),
        };
        let (claims, created_at) = (new.claims, self.now());
        let user = User { subject, username: username.to_owned(), claims, password, disabled: false, created_at };
        self.stores.users.add(&user).await?.map_err(|DuplicateUser| exists())?;
        self.audit("user.add", user.subject.as_str(), Value::Null).await?;
        Ok((&user).into())
    }

    async fn change_user(&self, subject: &str, change: UserChange, expected: &Expected) -> Outcome<UserDocument> {
        let user = self.stored_user(subject).await?;
        // What is wrong with the request itself is told first (RFC 9110 13.2.1).
        admit_claims(&change.claims)?;
        expected.admit(&UserDocument::from(&user).version)?;
        if !self.stores.users.replace_claims(&user.subject, &user.claims, &change.claims).await? {
            return ProblemKind::Changed.refuse("the end-user has changed since they were read");
        }
        self.audit("user.change", subject, Value::Null).await?;
        Ok((&User { claims: change.claims, ..user }).into())
    }

    async fn set_password(&self, subject: &str, password: NewPassword) -> Outcome<()> {
        let user = self.stored_user(subject).await?;
        let hash = self.hashed(&password.password, &names_of(&user.username, &user.claims)).await?;
        there(self.stores.users.set_password(&user.subject, &hash).await?, subject)?;
        self.audit("user.set_password", subject, Value::Null).await?;
        self.note(&user.subject, SecurityEventKind::PasswordChanged).await
    }

    async fn set_disabled(&self, subject: &str, disabled: bool) -> Outcome<UserDocument> {
        let user = self.stored_user(subject).await?;
        there(self.stores.users.set_disabled(&user.subject, disabled).await?, subject)?;
        self.audit(if disabled { "user.disable" } else { "user.enable" }, subject, Value::Null).await?;
        Ok((&User { disabled, ..user }).into())
    }

    async fn unlock(&self, subject: &str) -> Outcome<u64> {
        let user = self.stored_user(subject).await?;
        let (_, wait_s) = self.waits(&user).await?;
        self.guesses().await?.unlock(&user.username, &user.subject).await?;
        self.audit("user.unlock", subject, Value::Null).await?;
        Ok(wait_s)
    }

    async fn remove_user(&self, subject: &str) -> Outcome<()> {
        let user = self.stored_user(subject).await?;
        there(self.stores.users.remove(&user.subject).await?, subject)?;
        self.audit("user.remove", subject, Value::Null).await
    }
}

impl Local {
    pub(super) async fn stored_user(&self, subject: &str) -> Outcome<User> {
        let known = Subject::parse(subject).map_err(|_| missing(subject))?;
        self.stores.users.find(&known).await?.ok_or_else(|| missing(subject))
    }

    /// Until when the account is locked, and how many seconds its next try has to wait.
    async fn waits(&self, user: &User) -> Outcome<(Option<Timestamp>, u64)> {
        let limit = self.guesses().await?;
        let named = Account::Username { typed: user.username.clone(), subject: Some(user.subject.clone()) };
        let (mut locked_until, mut wait_s) = (None, 0);
        for (account, what) in [(named, Guessed::Password), (Account::Subject(user.subject.clone()), Guessed::Factor)] {
            locked_until = locked_until.max(limit.locked_until(&account, what).await?);
            let guess = Guess { account, address: None, what };
            wait_s = wait_s.max(limit.wait_s(&guess).await?);
        }
        Ok((locked_until, wait_s))
    }

    /// The hash of a new password of an account of these names, at the cost that the configuration asks for.
    async fn hashed(&self, password: &SecretText, names: &[&str]) -> Outcome<PasswordHash> {
        let rule = NewPasswordRule { length_min: self.configuration.passwords.length_min };
        rule.admit(password, names)
            .map_err(|weak| ProblemKind::WeakPassword.says(format!("the password cannot be set: {weak}")))?;
        Ok(self.passwords().await?.hash(password).await?)
    }
}

fn missing(subject: &str) -> OperationError {
    ProblemKind::NoUser.says(format!("there is no end-user {subject}")).into()
}

fn there(was_there: bool, subject: &str) -> Outcome<()> {
    if was_there { Ok(()) } else { Err(missing(subject)) }
}

/// What a password must not be: the username, the email address.
fn names_of<'u>(username: &'u str, claims: &'u Map<String, Value>) -> Vec<&'u str> {
    std::iter::once(username).chain(claims.get("email").and_then(Value::as_str)).collect()
}

fn admit_username(name: &str) -> Outcome<&str> {
    let refuse = |why: &str| ProblemKind::Username.refuse(format!("the username cannot be this one: {why}"));
    let name = name.trim();
    if name.is_empty() {
        return refuse("it is empty");
    }
    if name.chars().count() > USERNAME_CHARS_MAX {
        return refuse("it is longer than 128 characters");
    }
    if name.chars().any(char::is_control) {
        return refuse("it has control characters");
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_has_1_to_128_characters_and_no_control_characters() {
        let longest = "é".repeat(USERNAME_CHARS_MAX);
        let table = [
            ("alice", Some("alice")),
            ("  alice ", Some("alice")),
            ("Ève Ωmega", Some("Ève Ωmega")),
            (&longest, Some(&longest)),
            (&format!("{longest}x"), None),
            ("", None),
            (" ", None),
            ("a\nb", None),
            ("a\u{7f}", None),
        ];
        for (name, admitted) in table {
            assert_eq!(admit_username(name).ok(), admitted, "{name:?}");
        }
    }
}
