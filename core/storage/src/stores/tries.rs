//! Tries at secrets.
//!
//! Whether a try counts is a rule in Rust, so a count is read before it is written: under its row's lock, which
//! SQLite's one writer holds anyway. A try that has to wait writes nothing.

use super::Tables;
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::tries;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::failed_tries::FailedTries;
use gatewright_domain::fault::Fault;
use gatewright_domain::guessing::Tally;
use gatewright_domain::store::{Counter, Reservable, Reservation, TryKey, TryStore};
use std::net::IpAddr;

const PLACE: &str = "store.tries";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tries, treat_none_as_null = true, treat_none_as_default_value = false)]
struct TryRow {
    key: String,
    counted: i64,
    since: i64,
    last_at: i64,
    expires_at: i64,
    failed: Option<String>,
}

#[async_trait]
impl TryStore for Tables {
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reservable, Fault> {
        let reservation = reservation.clone();
        self.executor.transaction(PLACE, move |connection| reserve(connection, &reservation, now)).await
    }

    async fn succeeded(&self, reservation: &Reservation) -> Result<FailedTries, Fault> {
        let reservation = reservation.clone();
        self.executor
            .transaction(PLACE, move |connection| {
                let account = &reservation.account.key;
                let row = locked(connection, account)?;
                diesel::delete(tries::table.find(&account.0)).execute(connection)?;
                if let Some(address) = &reservation.address {
                    take_back(connection, &address.key, None)?;
                }
                let mut failed = row.map(|row| row.failed_tries()).transpose()?.unwrap_or_default();
                failed.take_back(reservation.from);
                Ok(failed)
            })
            .await
    }

    async fn withdrawn(&self, reservation: &Reservation) -> Result<(), Fault> {
        let reservation = reservation.clone();
        self.executor
            .transaction(PLACE, move |connection| {
                take_back(connection, &reservation.account.key, Some(reservation.from))?;
                match &reservation.address {
                    Some(address) => take_back(connection, &address.key, None),
                    None => Ok(()),
                }
            })
            .await
    }

    async fn tally(&self, key: &TryKey) -> Result<Option<Tally>, Fault> {
        let key = key.clone();
        let row = self.executor.read(PLACE, move |connection| find(connection, &key)).await?;
        Ok(row.map(|row| row.tally()))
    }

    async fn forgive(&self, key: &TryKey) -> Result<bool, Fault> {
        let key = key.0.clone();
        self.executor
            .statement(PLACE, move |connection| {
                let counted = tries::table.find(&key).filter(tries::counted.gt(0));
                Ok(diesel::update(counted).set(tries::counted.eq(0)).execute(connection)? > 0)
            })
            .await
    }
}

fn reserve(connection: &mut AnyConnection, reservation: &Reservation, now: Timestamp) -> Result<Reservable, Abort> {
    let counters = || std::iter::once(&reservation.account).chain(&reservation.address);
    // Looked at without a lock first: whoever hammers at what has to wait holds up nobody.
    for counter in counters() {
        if let Err(wait_s) =
            counter.pace.count(find(connection, &counter.key)?.and_then(|row| row.living(now)).as_ref(), now)
        {
            return Ok(Reservable::Waits(wait_s));
        }
    }
    let mut grown = Vec::new();
    for counter in counters() {
        let row = locked(connection, &counter.key)?;
        match counter.pace.count(row.as_ref().and_then(|row| row.living(now)).as_ref(), now) {
            // What was locked is given up with the transaction, which has written nothing yet.
            Err(wait_s) => return Ok(Reservable::Waits(wait_s)),
            Ok(tally) => grown.push((counter, row, tally)),
        }
    }
    let mut account = None;
    for (place, (counter, row, tally)) in grown.into_iter().enumerate() {
        let is_account = place == 0;
        let mut next = TryRow::of(counter, tally);
        if is_account {
            let living = row.as_ref().filter(|row| now.0 < row.expires_at);
            let mut failed = living.map(TryRow::failed_tries).transpose()?.unwrap_or_default();
            failed.add(reservation.from, now);
            next.failed = Some(to_document(PLACE, &failed)?);
            next.expires_at = time(next.expires_at).plus(reservation.kept_s).0;
            account = Some(tally);
        }
        match row {
            Some(_) => overwrite(connection, &next)?,
            None => insert(connection, &next)?,
        }
    }
    let account = account.ok_or_else(|| Fault::new(PLACE, "a reservation has an account"))?;
    Ok(Reservable::Counted(account))
}

fn find(connection: &mut AnyConnection, key: &TryKey) -> Result<Option<TryRow>, Abort> {
    Ok(tries::table.find(&key.0).select(TryRow::as_select()).get_result(connection).optional()?)
}

/// The row, which nobody else changes before this transaction ends: PostgreSQL locks what is updated, with the same
/// value too.
fn locked(connection: &mut AnyConnection, key: &TryKey) -> Result<Option<TryRow>, Abort> {
    let place = tries::table.find(&key.0);
    match diesel::update(place).set(tries::counted.eq(tries::counted)).execute(connection)? {
        0 => Ok(None),
        _ => find(connection, key),
    }
}

/// Writes a row that was locked.
fn overwrite(connection: &mut AnyConnection, row: &TryRow) -> Result<(), Abort> {
    diesel::update(tries::table.find(&row.key)).set(row).execute(connection)?;
    Ok(())
}

/// Writes a row that was not there to be locked. Whoever is there first makes the others begin again, and count on.
fn insert(connection: &mut AnyConnection, row: &TryRow) -> Result<(), Abort> {
    match diesel::insert_into(tries::table).values(row).execute(connection) {
        Err(error) if is_taken(&error) => Err(Abort::Again),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

/// One try less; and, of an account, one less remembered.
fn take_back(connection: &mut AnyConnection, key: &TryKey, from: Option<Option<IpAddr>>) -> Result<(), Abort> {
    let Some(mut row) = locked(connection, key)? else { return Ok(()) };
    row.counted = (row.counted - 1).max(0);
    if let Some(from) = from {
        let mut failed = row.failed_tries()?;
        failed.take_back(from);
        row.failed = Some(to_document(PLACE, &failed)?);
    }
    overwrite(connection, &row)
}

impl TryRow {
    fn of(counter: &Counter, tally: Tally) -> Self {
        Self {
            key: counter.key.0.clone(),
            counted: i64::from(tally.tries),
            since: tally.since.0,
            last_at: tally.last.0,
            expires_at: counter.pace.forgotten_at(&tally).0,
            failed: None,
        }
    }

    /// The count, unless its time is over.
    fn living(&self, now: Timestamp) -> Option<Tally> {
        (now.0 < self.expires_at).then(|| self.tally())
    }

    fn tally(&self) -> Tally {
        let tries = u32::try_from(self.counted).unwrap_or(u32::MAX);
        Tally { tries, since: time(self.since), last: time(self.last_at) }
    }

    fn failed_tries(&self) -> Result<FailedTries, Fault> {
        let row = RowName { place: PLACE, table: "tries", key: &self.key };
        self.failed.as_deref().map_or_else(|| Ok(FailedTries::default()), |failed| row.document(failed))
    }
}
