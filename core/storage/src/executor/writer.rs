//! SQLite's one writer: group commit.
//!
//! A commit waits for the disk, so the writer takes everything that has queued up in the meantime into the
//! next transaction. Each job of several statements has its own savepoint: one that fails is undone alone. All are
//! answered after the one COMMIT.

use super::{ATTEMPTS_MAX, Job, Kind};
use crate::abort::Abort;
use crate::config::Location;
use crate::connection::{AnyConnection, Role};
use crate::fault;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use tokio::sync::mpsc;

/// Most jobs in one transaction, so that the first of them does not wait for long.
pub(crate) const BATCH_JOBS_MAX: usize = 256;

type Batch = Vec<Box<dyn Job>>;

/// Commits batches until the queue is closed and empty.
pub(super) fn serve(location: &Location, connection: AnyConnection, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut connection = Some(connection);
    let mut batch = Batch::new();
    while queue.blocking_recv_many(&mut batch, BATCH_JOBS_MAX) > 0 {
        let jobs = std::mem::take(&mut batch);
        let open = connection.take().map_or_else(|| AnyConnection::open(location, Role::Writer), Ok);
        match open {
            Ok(mut open) => {
                if commit(&mut open, jobs) {
                    connection = Some(open);
                }
            }
            Err(why) => refuse(jobs, &why.to_string()),
        }
    }
}

/// Runs and commits a batch, and answers it. `false` when the connection is in an unknown state and is to
/// be opened anew.
fn commit(connection: &mut AnyConnection, mut jobs: Batch) -> bool {
    if let Err(error) = begin(connection) {
        refuse(jobs, &not_begun(&error));
        return false;
    }
    let mut ends = Vec::with_capacity(jobs.len());
    for job in &mut jobs {
        match run(connection, job.as_mut()) {
            Ok(end) => ends.push(end),
            Err(why) => {
                refuse(jobs, &format!("a transaction broke: {why}"));
                return false;
            }
        }
    }
    if let Err(error) = AnyConnection::commit_transaction(connection) {
        refuse(jobs, &format!("a transaction could not be committed: {error}"));
        return false;
    }
    for (job, end) in jobs.into_iter().zip(ends) {
        job.answer(end);
    }
    true
}

/// Takes the write lock at once: a lock taken later could be refused half-way.
fn begin(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        postgres @ AnyConnection::Postgres(_) => AnyConnection::begin_transaction(postgres),
    }
}

fn not_begun(error: &Error) -> String {
    match error {
        Error::DatabaseError(_, what) if what.message().contains("locked") => {
            "another process has held the SQLite database for too long; end it, or use PostgreSQL for several nodes"
                .to_owned()
        }
        _ => format!("a transaction could not begin: {error}"),
    }
}

/// Runs one job. The outer error says what broke the whole transaction: SQLite gives all of it up when the disk
/// is full or fails.
fn run(connection: &mut AnyConnection, job: &mut dyn Job) -> Result<Result<(), Abort>, String> {
    for _ in 0..ATTEMPTS_MAX {
        let end = match job.kind() {
            Kind::Statement => alone(connection, job)?,
            Kind::Read | Kind::Transaction => in_savepoint(connection, job)?,
        };
        if !matches!(end, Err(Abort::Again)) {
            return Ok(end);
        }
    }
    Ok(Err(Abort::Again))
}

/// A single statement that fails has changed nothing: it needs no savepoint.
fn alone(connection: &mut AnyConnection, job: &mut dyn Job) -> Result<Result<(), Abort>, String> {
    match job.run(connection) {
        // What has no kind of its own may be a disk that is full.
        Err(Abort::Database(Error::DatabaseError(DatabaseErrorKind::Unknown, what))) => Err(what.message().to_owned()),
        end => Ok(end),
    }
}

fn in_savepoint(connection: &mut AnyConnection, job: &mut dyn Job) -> Result<Result<(), Abort>, String> {
    AnyConnection::begin_transaction(connection).map_err(|error| error.to_string())?;
    match job.run(connection) {
        Ok(()) => {
            AnyConnection::commit_transaction(connection).map_err(|error| error.to_string())?;
            Ok(Ok(()))
        }
        Err(abort) => match AnyConnection::rollback_transaction(connection) {
            Ok(()) => Ok(Err(abort)),
            Err(_) => Err(abort.into_fault("store").to_string()),
        },
    }
}

fn refuse(jobs: Batch, why: &str) {
    for job in jobs {
        job.answer(Err(Abort::Fault(fault(why))));
    }
}
