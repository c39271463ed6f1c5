//! Clients that sessions have signed in to: noted, due when the session has ended, gone when they were told.

use super::{Tables, sessions};
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::RowName;
use crate::schema::session_clients;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::Issuance;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{SessionId, Subject};
use gatewright_domain::logout::{DueLogout, LogoutPaces, SignedIn};
use gatewright_domain::store::{LOGOUTS_CLAIMED_MAX, LogoutStore};
use gatewright_protocol::client_id::ClientId;

const PLACE: &str = "store.logouts";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = session_clients, treat_none_as_default_value = false)]
pub(super) struct SignedInRow {
    session: String,
    client_id: String,
    subject: String,
    sub: String,
    next_try_at: Option<i64>,
    tries: i64,
}

#[async_trait]
impl LogoutStore for Tables {
    async fn note(&self, of: &SignedIn, now: Timestamp) -> Result<Issuance, Fault> {
        let row = SignedInRow::from(of);
        self.executor
            .transaction(PLACE, move |connection| {
                if !sessions::holds(connection, &row.session, now.0)? {
                    return Ok(Issuance::SessionEnded);
                }
                note(connection, &row)?;
                Ok(Issuance::Issued)
            })
            .await
    }

    async fn claim_due(&self, now: Timestamp, paces: LogoutPaces) -> Result<Vec<DueLogout>, Fault> {
        // Nearly always nothing is due, and a transaction would take the turn of one that writes.
        let first = self.executor.read(PLACE, move |connection| {
            let due = session_clients::table.filter(session_clients::next_try_at.le(Some(now.0))).limit(1);
            Ok(due.select(session_clients::client_id).get_result::<String>(connection).optional()?)
        });
        if first.await?.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.executor.transaction(PLACE, move |connection| Ok(claim(connection, now, paces)?));
        rows.await?.into_iter().map(DueLogout::try_from).collect()
    }

    async fn settle(&self, session: &SessionId, client: &ClientId) -> Result<bool, Fault> {
        let key = (session.as_str().to_owned(), client.as_str().to_owned());
        self.executor
            .statement(PLACE, move |connection| {
                Ok(diesel::delete(session_clients::table.find((&key.0, &key.1))).execute(connection)? > 0)
            })
            .await
    }
}

/// Notes a client that is not noted yet.
pub(super) fn note(connection: &mut AnyConnection, row: &SignedInRow) -> Result<(), Abort> {
    let place = session_clients::table.find((&row.session, &row.client_id)).select(session_clients::client_id);
    if place.get_result::<String>(connection).optional()?.is_some() {
        return Ok(());
    }
    match diesel::insert_into(session_clients::table).values(row).execute(connection) {
        Err(error) if is_taken(&error) => Err(Abort::Again),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

/// Makes the clients of these sessions due, which were just deleted. Whoever was about to be noted was waited for.
pub(super) fn fall_due(connection: &mut AnyConnection, sessions: &[String], now: i64) -> QueryResult<()> {
    let living = session_clients::table
        .filter(session_clients::session.eq_any(sessions))
        .filter(session_clients::next_try_at.is_null());
    diesel::update(living).set(session_clients::next_try_at.eq(Some(now))).execute(connection)?;
    Ok(())
}

/// The same for all sessions of an end-user.
pub(super) fn fall_due_of(connection: &mut AnyConnection, subject: &str, now: i64) -> QueryResult<()> {
    let living = session_clients::table
        .filter(session_clients::subject.eq(subject))
        .filter(session_clients::next_try_at.is_null());
    diesel::update(living).set(session_clients::next_try_at.eq(Some(now))).execute(connection)?;
    Ok(())
}

/// The clients of a session that lives, or did until this transaction.
pub(super) fn living(connection: &mut AnyConnection, session: &str) -> QueryResult<Vec<SignedInRow>> {
    let of = session_clients::table
        .filter(session_clients::session.eq(session))
        .filter(session_clients::next_try_at.is_null());
    of.order(session_clients::client_id).select(SignedInRow::as_select()).load(connection)
}

/// SQLite writes one transaction at a time; on PostgreSQL nodes leave each other's rows alone.
fn claim(connection: &mut AnyConnection, now: Timestamp, paces: LogoutPaces) -> QueryResult<Vec<SignedInRow>> {
    let due = session_clients::table
        .filter(session_clients::next_try_at.le(Some(now.0)))
        .order(session_clients::next_try_at)
        .limit(LOGOUTS_CLAIMED_MAX as i64);
    let mut rows = match connection {
        AnyConnection::Sqlite(connection) => due.select(SignedInRow::as_select()).load(connection)?,
        AnyConnection::Postgres(connection) => {
            due.select(SignedInRow::as_select()).for_update().skip_locked().load(connection)?
        }
    };
    for row in &mut rows {
        row.tries += 1;
        let pause_s = paces.after(u32::try_from(row.tries).unwrap_or(u32::MAX));
        row.next_try_at = Some(now.plus(pause_s).0);
        let changes = (session_clients::tries.eq(row.tries), session_clients::next_try_at.eq(row.next_try_at));
        let place = session_clients::table.find((&row.session, &row.client_id));
        diesel::update(place).set(changes).execute(connection)?;
    }
    Ok(rows)
}

impl From<&SignedIn> for SignedInRow {
    fn from(of: &SignedIn) -> Self {
        Self {
            session: of.session.as_str().to_owned(),
            client_id: of.client_id.as_str().to_owned(),
            subject: of.subject.as_str().to_owned(),
            sub: of.sub.clone(),
            next_try_at: None,
            tries: 0,
        }
    }
}

impl TryFrom<SignedInRow> for SignedIn {
    type Error = Fault;

    fn try_from(of: SignedInRow) -> Result<Self, Fault> {
        let key = format!("{} {}", of.session, of.client_id);
        let row = RowName { place: PLACE, table: "session_clients", key: &key };
        Ok(Self {
            session: row.column("session", SessionId::parse(of.session))?,
            client_id: row.column("client_id", ClientId::try_from(of.client_id))?,
            subject: row.column("subject", Subject::parse(of.subject))?,
            sub: of.sub,
        })
    }
}

impl TryFrom<SignedInRow> for DueLogout {
    type Error = Fault;

    fn try_from(of: SignedInRow) -> Result<Self, Fault> {
        let tries = u32::try_from(of.tries).unwrap_or(u32::MAX);
        Ok(Self { of: of.try_into()?, tries })
    }
}
