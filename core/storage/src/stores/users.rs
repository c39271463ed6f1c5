//! End-users.

use super::{Tables, logouts};
use crate::abort::is_taken;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::{
    access_tokens, authorization_codes, consents, security_events, sessions, token_families, trace_steps, traces, users,
};
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::password::PasswordHash;
use gatewright_domain::store::{DuplicateUser, UserStore};
use gatewright_domain::user::User;
use serde_json::{Map, Value};

const PLACE: &str = "store.users";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct UserRow {
    subject: String,
    username_key: String,
    username: String,
    password: Option<String>,
    disabled: bool,
    created_at: i64,
    document: String,
}

#[async_trait]
impl UserStore for Tables {
    async fn find(&self, subject: &Subject) -> Result<Option<User>, Fault> {
        let subject = subject.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            Ok(users::table.find(&subject).select(UserRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(User::try_from).transpose()
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<User>, Fault> {
        let Some(key) = key_of(username) else { return Ok(None) };
        let row = self.executor.read(PLACE, move |connection| {
            let named = users::table.filter(users::username_key.eq(&key));
            Ok(named.select(UserRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(User::try_from).transpose()
    }

    async fn add(&self, user: &User) -> Result<Result<(), DuplicateUser>, Fault> {
        let row = UserRow::try_from(user)?;
        self.executor
            .statement(PLACE, move |connection| {
                match diesel::insert_into(users::table).values(&row).execute(connection) {
                    Err(error) if is_taken(&error) => Ok(Err(DuplicateUser)),
                    outcome => Ok(outcome.map(|_| Ok(()))?),
                }
            })
            .await
    }

    async fn replace_claims(
        &self,
        subject: &Subject,
        expected: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<bool, Fault> {
        let (subject, expected) = (subject.as_str().to_owned(), expected.clone());
        let document = to_document(PLACE, claims)?;
        self.executor
            .transaction(PLACE, move |connection| {
                let read = users::table.find(&subject).select(UserRow::as_select());
                let Some(row) = read.get_result(connection).optional()? else { return Ok(false) };
                let stored = row.document.clone();
                if User::try_from(row)?.claims != expected {
                    return Ok(false);
                }
                // The text that was read: another may have written between the two.
                let place = users::table.find(&subject).filter(users::document.eq(&stored));
                Ok(diesel::update(place).set(users::document.eq(&document)).execute(connection)? > 0)
            })
            .await
    }

    async fn set_password(&self, subject: &Subject, password: &PasswordHash) -> Result<bool, Fault> {
        let (subject, password) = (subject.as_str().to_owned(), password.0.clone());
        self.executor
            .statement(PLACE, move |connection| {
                let place = users::table.find(&subject);
                Ok(diesel::update(place).set(users::password.eq(Some(&password))).execute(connection)? > 0)
            })
            .await
    }

    async fn rehash(&self, subject: &Subject, from: &PasswordHash, to: &PasswordHash) -> Result<bool, Fault> {
        let (subject, from, to) = (subject.as_str().to_owned(), from.0.clone(), to.0.clone());
        self.executor
            .statement(PLACE, move |connection| {
                let place = users::table.find(&subject).filter(users::password.eq(Some(&from)));
                Ok(diesel::update(place).set(users::password.eq(Some(&to))).execute(connection)? > 0)
            })
            .await
    }

    async fn set_disabled(&self, subject: &Subject, disabled: bool) -> Result<bool, Fault> {
        let (subject, now) = (subject.as_str().to_owned(), self.clock.now().0);
        self.executor
            .transaction(PLACE, move |connection| {
                if disabled {
                    sign_out(connection, &subject, now)?;
                }
                let place = users::table.find(&subject);
                Ok(diesel::update(place).set(users::disabled.eq(disabled)).execute(connection)? > 0)
            })
            .await
    }

    async fn remove(&self, subject: &Subject) -> Result<bool, Fault> {
        let (subject, now) = (subject.as_str().to_owned(), self.clock.now().0);
        self.executor
            .transaction(PLACE, move |connection| {
                sign_out(connection, &subject, now)?;
                diesel::delete(consents::table.filter(consents::subject.eq(&subject))).execute(connection)?;
                let events = security_events::table.filter(security_events::subject.eq(&subject));
                diesel::delete(events).execute(connection)?;
                forget_recordings(connection, &subject)?;
                Ok(diesel::delete(users::table.find(&subject)).execute(connection)? > 0)
            })
            .await
    }

    async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, Fault> {
        let after = after.unwrap_or_default().to_ascii_lowercase();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.executor.read(PLACE, move |connection| {
            let page = users::table.filter(users::username_key.gt(&after)).order(users::username_key).limit(limit);
            Ok(page.select(UserRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(User::try_from).collect()
    }
}

/// Traces stay, redacted as they are; what was recorded of them for replays goes with the end-user.
fn forget_recordings(connection: &mut AnyConnection, subject: &str) -> QueryResult<()> {
    let of_subject = traces::table.filter(traces::subject.eq(subject)).select(traces::id);
    let recorded = trace_steps::table.filter(trace_steps::trace.eq_any(of_subject));
    diesel::update(recorded).set(trace_steps::recording.eq(None::<Vec<u8>>)).execute(connection)?;
    Ok(())
}

/// Ends what an end-user began: sessions first, so that no code is issued in one any more. Their clients are told.
fn sign_out(connection: &mut AnyConnection, subject: &str, now: i64) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::subject.eq(subject))).execute(connection)?;
    logouts::fall_due_of(connection, subject, now)?;
    let codes = authorization_codes::table.filter(authorization_codes::subject.eq(subject));
    diesel::delete(codes).execute(connection)?;
    let families =
        token_families::table.filter(token_families::subject.eq(subject)).filter(token_families::revoked_at.is_null());
    diesel::update(families).set(token_families::revoked_at.eq(Some(now))).execute(connection)?;
    let tokens = access_tokens::table.filter(access_tokens::subject.eq(subject));
    diesel::delete(tokens).execute(connection)?;
    Ok(())
}

/// What a username is found by; none where it can't be anyone's: PostgreSQL's texts hold no NUL.
fn key_of(username: &str) -> Option<String> {
    (!username.contains('\0')).then(|| username.to_ascii_lowercase())
}

impl TryFrom<&User> for UserRow {
    type Error = Fault;

    fn try_from(user: &User) -> Result<Self, Fault> {
        let User { subject, username, claims, password, disabled, created_at } = user;
        let username_key =
            key_of(username).ok_or_else(|| Fault::new(PLACE, "a username cannot hold a NUL character"))?;
        Ok(Self {
            subject: subject.as_str().to_owned(),
            username_key,
            username: username.clone(),
            password: password.as_ref().map(|password| password.0.clone()),
            disabled: *disabled,
            created_at: created_at.0,
            document: to_document(PLACE, claims)?,
        })
    }
}

impl TryFrom<UserRow> for User {
    type Error = Fault;

    fn try_from(user: UserRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "users", key: &user.subject };
        Ok(Self {
            claims: row.document(&user.document)?,
            subject: row.column("subject", Subject::parse(user.subject.as_str()))?,
            username: user.username,
            password: user.password.map(PasswordHash),
            disabled: user.disabled,
            created_at: time(user.created_at),
        })
    }
}
