//! Sessions.

use super::{Tables, logouts};
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::sessions;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, SessionId, Subject};
use gatewright_domain::logout::{EndedSession, SignedIn};
use gatewright_domain::session::Session;
use gatewright_domain::store::{LISTED_MAX, SessionStore};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

const PLACE: &str = "store.sessions";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    cookie: String,
    id: String,
    subject: String,
    bundle: String,
    created_at: i64,
    expires_at: i64,
    document: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionDocument {
    acr: Acr,
    level: i32,
    amr: Vec<Amr>,
    auth_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

#[async_trait]
impl SessionStore for Tables {
    async fn find(&self, cookie: &TokenHash) -> Result<Option<Session>, Fault> {
        let cookie = cookie.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            Ok(sessions::table.find(&cookie).select(SessionRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(Session::try_from).transpose()
    }

    async fn begin(&self, session: &Session, replaces: Option<&TokenHash>) -> Result<(), Fault> {
        let row = SessionRow::try_from(session)?;
        let replaced = replaces.map(|cookie| cookie.as_str().to_owned());
        let now = self.clock.now().0;
        self.executor
            .transaction(PLACE, move |connection| {
                if let Some(replaced) = &replaced {
                    replace(connection, replaced, &row.id, now)?;
                }
                diesel::insert_into(sessions::table).values(&row).execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn list(&self, subject: &Subject, now: Timestamp) -> Result<Vec<Session>, Fault> {
        let subject = subject.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let of = sessions::subject.eq(&subject).and(sessions::expires_at.gt(now.0));
            Ok(sessions::table.filter(of).select(SessionRow::as_select()).get_results(connection)?)
        });
        let mut listed = rows.await?.into_iter().map(Session::try_from).collect::<Result<Vec<_>, _>>()?;
        // When an end-user authenticated stands in the document, which no query orders by.
        listed.sort_by(|one, other| (other.auth_time, &one.id).cmp(&(one.auth_time, &other.id)));
        listed.truncate(LISTED_MAX);
        Ok(listed)
    }

    async fn end(&self, id: &SessionId) -> Result<Option<EndedSession>, Fault> {
        let (id, now) = (id.as_str().to_owned(), self.clock.now().0);
        let ended = self.executor.transaction(PLACE, move |connection| {
            let place = sessions::table.filter(sessions::id.eq(&id));
            let row = place.select(SessionRow::as_select()).get_result(connection).optional()?;
            // Of two that end it at once, one deletes it.
            let ended = row.is_some() && diesel::delete(place).execute(connection)? > 0;
            let Some(row) = row.filter(|_| ended) else { return Ok(None) };
            let clients = logouts::living(connection, &id)?;
            if !clients.is_empty() {
                logouts::fall_due(connection, std::slice::from_ref(&id), now)?;
            }
            Ok(Some((row, clients)))
        });
        let Some((row, clients)) = ended.await? else { return Ok(None) };
        let clients = clients.into_iter().map(SignedIn::try_from).collect::<Result<_, _>>()?;
        Ok(Some(EndedSession { session: row.try_into()?, clients }))
    }
}

/// Ends the session of that cookie for one that is called `by`. Under the same name it goes on, under another its clients
/// are told.
fn replace(connection: &mut AnyConnection, cookie: &str, by: &str, now: i64) -> QueryResult<()> {
    let name: Option<String> = sessions::table.find(cookie).select(sessions::id).get_result(connection).optional()?;
    let deleted = diesel::delete(sessions::table.find(cookie)).execute(connection)?;
    match name {
        Some(name) if deleted > 0 && name != by => logouts::fall_due(connection, &[name], now),
        _ => Ok(()),
    }
}

/// Whether a session is there at `now`, and that it stays until this transaction ends. SQLite writes one transaction at a
/// time; PostgreSQL lets the session's end wait for the lock.
pub(super) fn holds(connection: &mut AnyConnection, id: &str, now: i64) -> QueryResult<bool> {
    let place = sessions::table.filter(sessions::id.eq(id)).filter(sessions::expires_at.gt(now)).select(sessions::id);
    let found: Option<String> = match connection {
        AnyConnection::Sqlite(connection) => place.get_result(connection).optional()?,
        AnyConnection::Postgres(connection) => place.for_share().get_result(connection).optional()?,
    };
    Ok(found.is_some())
}

impl TryFrom<&Session> for SessionRow {
    type Error = Fault;

    fn try_from(session: &Session) -> Result<Self, Fault> {
        let Session { cookie, id, subject, created_at, expires_at, bundle, .. } = session;
        let Session { acr, level, amr, auth_time, address, user_agent, .. } = session;
        let document = SessionDocument {
            acr: acr.clone(),
            level: *level,
            amr: amr.clone(),
            auth_time: *auth_time,
            address: *address,
            user_agent: user_agent.clone(),
        };
        Ok(Self {
            cookie: cookie.as_str().to_owned(),
            id: id.as_str().to_owned(),
            subject: subject.as_str().to_owned(),
            bundle: bundle.as_str().to_owned(),
            created_at: created_at.0,
            expires_at: expires_at.0,
            document: to_document(PLACE, &document)?,
        })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Fault;

    fn try_from(session: SessionRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "sessions", key: &session.cookie };
        let SessionDocument { acr, level, amr, auth_time, address, user_agent } = row.document(&session.document)?;
        Ok(Self {
            id: row.column("id", SessionId::parse(session.id))?,
            subject: row.column("subject", Subject::parse(session.subject))?,
            bundle: row.column("bundle", BundleDigest::parse(session.bundle))?,
            cookie: row.column("cookie", TokenHash::from_stored(session.cookie.clone()))?,
            acr,
            level,
            amr,
            auth_time,
            created_at: time(session.created_at),
            expires_at: time(session.expires_at),
            address,
            user_agent,
        })
    }
}
