//! Brings the schema up to date, and says whether it is.

use crate::config::Location;
use crate::connection::{AnyConnection, Role};
use crate::fault;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use gatewright_domain::fault::Fault;
use std::error::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The advisory lock under which PostgreSQL migrates ("gatewright" in ASCII, its first eight letters): of two
/// nodes that start at once, one waits.
const LOCK: i64 = 0x6761_7465_7772_6967;

/// How the schema of a database relates to this binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaVersion {
    /// It is what the binary expects; its last step.
    Current(String),
    /// These steps are to be applied, in this order, before the server can run.
    Behind(Vec<String>),
    /// A newer binary has been here: steps that this one does not know. It can run, by the rule that a
    /// schema serves the release before, but it does not migrate.
    Ahead(Vec<String>),
}

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Compares the database with the embedded steps.
pub(crate) fn version(location: &Location) -> Result<SchemaVersion, Fault> {
    let mut connection = AnyConnection::open(location, Role::Writer)?;
    let version = match &mut connection {
        AnyConnection::Sqlite(sqlite) => compare(sqlite, &SQLITE),
        AnyConnection::Postgres(postgres) => compare(postgres, &POSTGRES),
    };
    version.map_err(unread)
}

/// Applies what is missing; answers the names of the steps it applied.
pub(crate) fn apply(location: &Location) -> Result<Vec<String>, Fault> {
    let mut connection = AnyConnection::open(location, Role::Writer)?;
    let applied = match &mut connection {
        // The steps see the lock from their start, so that of two processes one waits and finds them done.
        AnyConnection::Sqlite(sqlite) => sqlite
            .immediate_transaction(|sqlite| advance(sqlite, SQLITE).map_err(Undone::from))
            .map_err(|undone| undone.0),
        AnyConnection::Postgres(postgres) => {
            let wait = format!("SET statement_timeout = 0; SELECT pg_advisory_lock({LOCK})");
            postgres.batch_execute(&wait).map_err(Into::into).and_then(|()| advance(postgres, POSTGRES))
        }
    };
    applied.map_err(unread)
}

fn unread(error: Box<dyn Error + Send + Sync>) -> Fault {
    Fault::caused("store.migrations", error)
}

/// Lets a failure of a migration undo diesel's transaction.
struct Undone(Box<dyn Error + Send + Sync>);

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.into())
    }
}

impl From<Box<dyn Error + Send + Sync>> for Undone {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Self(error)
    }
}

fn advance<DB, C>(connection: &mut C, steps: EmbeddedMigrations) -> Outcome<Vec<String>>
where
    DB: Backend,
    C: MigrationHarness<DB>,
{
    match compare(connection, &steps)? {
        SchemaVersion::Current(_) => Ok(vec![]),
        SchemaVersion::Ahead(unknown) => {
            let unknown = unknown.join(", ");
            Err(fault(format!("a newer release has migrated this database ({unknown}); run that release")).into())
        }
        SchemaVersion::Behind(missing) => {
            connection.run_pending_migrations(steps)?;
            Ok(missing)
        }
    }
}

fn compare<DB, C>(connection: &mut C, steps: &EmbeddedMigrations) -> Outcome<SchemaVersion>
where
    DB: Backend,
    C: MigrationHarness<DB>,
{
    let steps = MigrationSource::<DB>::migrations(steps)?;
    let mut known: Vec<String> = steps.iter().map(|step| step.name().version().to_string()).collect();
    known.sort();
    let applied: Vec<String> = connection.applied_migrations()?.iter().map(ToString::to_string).collect();
    let unknown: Vec<String> = applied.iter().filter(|step| !known.contains(step)).cloned().collect();
    if !unknown.is_empty() {
        return Ok(SchemaVersion::Ahead(unknown));
    }
    let newest = known.last().cloned().unwrap_or_default();
    known.retain(|step| !applied.contains(step));
    Ok(if known.is_empty() { SchemaVersion::Current(newest) } else { SchemaVersion::Behind(known) })
}
