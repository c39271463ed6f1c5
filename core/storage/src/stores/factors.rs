//! Factors.

use super::Tables;
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::{RowName, time};
use crate::schema::{factors, users};
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::{FACTORS_MAX, Factor};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::store::{FactorRefused, FactorStore};

const PLACE: &str = "store.factors";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = factors, treat_none_as_default_value = false)]
struct FactorRow {
    id: String,
    subject: String,
    kind: String,
    label: String,
    reference: Option<String>,
    sealed: String,
    version: i64,
    created_at: i64,
    used_at: Option<i64>,
    pending_until: Option<i64>,
}

#[async_trait]
impl FactorStore for Tables {
    async fn list(&self, subject: &Subject) -> Result<Vec<Factor>, Fault> {
        let subject = subject.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let confirmed = factors::table.filter(factors::subject.eq(&subject).and(factors::pending_until.is_null()));
            let oldest_first = confirmed.order((factors::created_at, factors::id));
            Ok(oldest_first.select(FactorRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(Factor::try_from).collect()
    }

    async fn find(&self, id: &FactorId, now: Timestamp) -> Result<Option<Factor>, Fault> {
        let id = id.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            let living = factors::pending_until.is_null().or(factors::pending_until.gt(now.0));
            let place = factors::table.find(&id).filter(living);
            Ok(place.select(FactorRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(Factor::try_from).transpose()
    }

    async fn find_by_reference(&self, kind: &FactorKind, reference: &str) -> Result<Option<Factor>, Fault> {
        let (kind, reference) = (kind.as_str().to_owned(), reference.to_owned());
        let row = self.executor.read(PLACE, move |connection| {
            let named = factors::table.filter(named(&kind, &reference));
            Ok(named.select(FactorRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(Factor::try_from).transpose()
    }

    async fn add(&self, factor: &Factor) -> Result<Result<(), FactorRefused>, Fault> {
        let row = FactorRow::from(factor);
        self.executor.transaction(PLACE, move |connection| add(connection, &row)).await
    }

    async fn replace(&self, factor: &Factor) -> Result<bool, Fault> {
        let row = FactorRow::from(factor);
        self.executor
            .statement(PLACE, move |connection| {
                let place = factors::table.find(&row.id).filter(factors::version.eq(row.version));
                let changes = (
                    factors::version.eq(row.version.saturating_add(1)),
                    factors::label.eq(&row.label),
                    factors::sealed.eq(&row.sealed),
                    factors::used_at.eq(row.used_at),
                    factors::pending_until.eq(row.pending_until),
                );
                match diesel::update(place).set(changes).execute(connection) {
                    Err(error) if is_taken(&error) => Ok(false),
                    outcome => Ok(outcome? > 0),
                }
            })
            .await
    }

    async fn remove(&self, subject: &Subject, id: &FactorId) -> Result<bool, Fault> {
        let (subject, id) = (subject.as_str().to_owned(), id.as_str().to_owned());
        self.executor
            .statement(PLACE, move |connection| {
                let place = factors::table.find(&id).filter(factors::subject.eq(&subject));
                Ok(diesel::delete(place).execute(connection)? > 0)
            })
            .await
    }
}

/// The confirmed factor of a reference.
#[diesel::dsl::auto_type(no_type_alias)]
fn named<'n>(kind: &'n str, reference: &'n str) -> _ {
    factors::kind.eq(kind).and(factors::reference.eq(reference)).and(factors::pending_until.is_null())
}

/// The account is locked, so that of many that are added at once none is over the limit.
fn add(connection: &mut AnyConnection, row: &FactorRow) -> Result<Result<(), FactorRefused>, Abort> {
    if !lock_account(connection, &row.subject)? {
        return Ok(Err(FactorRefused::NoAccount));
    }
    let ended = factors::pending_until.is_not_null().and(factors::pending_until.le(row.created_at));
    diesel::delete(factors::table.filter(factors::subject.eq(&row.subject).and(ended))).execute(connection)?;
    let there: i64 = factors::table.filter(factors::subject.eq(&row.subject)).count().get_result(connection)?;
    if there >= FACTORS_MAX as i64 {
        return Ok(Err(FactorRefused::TooMany));
    }
    if let Some(reference) = row.reference.as_deref().filter(|_| row.pending_until.is_none()) {
        let same = factors::table.filter(named(&row.kind, reference)).count();
        if same.get_result::<i64>(connection)? > 0 {
            return Ok(Err(FactorRefused::ReferenceTaken));
        }
    }
    match diesel::insert_into(factors::table).values(row).execute(connection) {
        Err(error) if is_taken(&error) => Err(Abort::Again),
        outcome => Ok(outcome.map(|_| Ok(()))?),
    }
}

/// Whether there is the account; nobody else changes it until this transaction ends. SQLite writes one transaction at a
/// time.
fn lock_account(connection: &mut AnyConnection, subject: &str) -> QueryResult<bool> {
    let account = users::table.find(subject).select(users::subject);
    let found: Option<String> = match connection {
        AnyConnection::Sqlite(_) => account.get_result(connection).optional()?,
        AnyConnection::Postgres(connection) => account.for_update().get_result(connection).optional()?,
    };
    Ok(found.is_some())
}

impl From<&Factor> for FactorRow {
    fn from(factor: &Factor) -> Self {
        let Factor { id, subject, kind, label, reference, sealed, version, created_at, used_at, pending_until } =
            factor.clone();
        Self {
            id: id.into(),
            subject: subject.into(),
            kind: kind.into(),
            label,
            reference,
            sealed,
            version,
            created_at: created_at.0,
            used_at: used_at.map(|at| at.0),
            pending_until: pending_until.map(|at| at.0),
        }
    }
}

impl TryFrom<FactorRow> for Factor {
    type Error = Fault;

    fn try_from(factor: FactorRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "factors", key: &factor.id };
        Ok(Self {
            subject: row.column("subject", Subject::parse(factor.subject))?,
            kind: row.column("kind", FactorKind::parse(factor.kind))?,
            id: row.column("id", FactorId::parse(factor.id.as_str()))?,
            label: factor.label,
            reference: factor.reference,
            sealed: factor.sealed,
            version: factor.version,
            created_at: time(factor.created_at),
            used_at: factor.used_at.map(time),
            pending_until: factor.pending_until.map(time),
        })
    }
}
