//! End-users in memory.

use super::{Memory, Tables};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::password::PasswordHash;
use gatewright_domain::store::{DuplicateUser, UserStore};
use gatewright_domain::user::User;
use serde_json::{Map, Value};

#[async_trait]
impl UserStore for Memory {
    async fn find(&self, subject: &Subject) -> Result<Option<User>, Fault> {
        Ok(self.tables().users.get(subject).cloned())
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<User>, Fault> {
        Ok(self.tables().users.values().find(|user| user.username.eq_ignore_ascii_case(username)).cloned())
    }

    async fn add(&self, user: &User) -> Result<Result<(), DuplicateUser>, Fault> {
        if user.username.contains('\0') {
            return Err(Fault::new("store.users", "a username cannot hold a NUL character"));
        }
        let mut tables = self.tables();
        let taken = tables
            .users
            .values()
            .any(|other| other.subject == user.subject || other.username.eq_ignore_ascii_case(&user.username));
        if taken {
            return Ok(Err(DuplicateUser));
        }
        tables.users.insert(user.subject.clone(), user.clone());
        Ok(Ok(()))
    }

    async fn replace_claims(
        &self,
        subject: &Subject,
        expected: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<bool, Fault> {
        let mut tables = self.tables();
        match tables.users.get_mut(subject) {
            Some(user) if &user.claims == expected => {
                user.claims = claims.clone();
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn set_password(&self, subject: &Subject, password: &PasswordHash) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let Some(user) = tables.users.get_mut(subject) else { return Ok(false) };
        user.password = Some(password.clone());
        Ok(true)
    }

    async fn rehash(&self, subject: &Subject, from: &PasswordHash, to: &PasswordHash) -> Result<bool, Fault> {
        let mut tables = self.tables();
        match tables.users.get_mut(subject) {
            Some(user) if user.password.as_ref() == Some(from) => {
                user.password = Some(to.clone());
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn set_disabled(&self, subject: &Subject, disabled: bool) -> Result<bool, Fault> {
        let now = self.clock.now();
        let mut tables = self.tables();
        if disabled {
            tables.sign_out(subject, now);
        }
        let Some(user) = tables.users.get_mut(subject) else { return Ok(false) };
        user.disabled = disabled;
        Ok(true)
    }

    async fn remove(&self, subject: &Subject) -> Result<bool, Fault> {
        let now = self.clock.now();
        let mut tables = self.tables();
        tables.sign_out(subject, now);
        tables.factors.retain(|_, factor| &factor.subject != subject);
        tables.consents.retain(|(of, _), _| of != subject);
        tables.events.retain(|_, (event, _)| &event.subject != subject);
        let theirs = tables.traces.values_mut().filter(|trace| trace.head.subject.as_ref() == Some(subject));
        theirs.flat_map(|trace| &mut trace.steps).for_each(|step| step.recording = None);
        Ok(tables.users.remove(subject).is_some())
    }

    async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, Fault> {
        let after = after.map(str::to_ascii_lowercase);
        let mut users: Vec<User> = self.tables().users.values().cloned().collect();
        users.sort_by_key(|user| user.username.to_ascii_lowercase());
        let later = users.into_iter().filter(|user| Some(user.username.to_ascii_lowercase()) > after);
        Ok(later.take(limit).collect())
    }
}

impl Tables {
    /// Ends what an end-user began.
    fn sign_out(&mut self, subject: &Subject, now: Timestamp) {
        self.sessions.retain(|_, session| &session.subject != subject);
        self.fall_due(now, |of| &of.subject == subject);
        self.codes.retain(|_, issued| &issued.code.authentication.subject != subject);
        self.access_tokens.retain(|_, token| token.meaning.subject.as_ref() != Some(subject));
        self.revoke(now, |family| &family.authentication.subject == subject);
    }
}
