//! A connection to PostgreSQL with a thread of its own: takes whole transactions, and opens the connection
//! anew when it is lost.

use super::{ATTEMPTS_MAX, Job, Kind, Queue, next};
use crate::abort::Abort;
use crate::config::Location;
use crate::connection::{AnyConnection, Role};
use diesel::connection::{SimpleConnection, TransactionManager};

/// Runs jobs until the queue is closed.
pub(super) fn serve(location: &Location, connection: AnyConnection, queue: &Queue) {
    let mut connection = Some(connection);
    while let Some(mut job) = next(queue) {
        let end = run(location, &mut connection, job.as_mut());
        job.answer(end);
    }
}

/// How one attempt ended.
enum Attempt {
    /// It is done, or undone for good.
    Ended(Result<(), Abort>),
    /// It was undone because it lost a race.
    Raced,
    /// It was undone because the connection was lost.
    Lost(Abort),
}

fn run(location: &Location, slot: &mut Option<AnyConnection>, job: &mut dyn Job) -> Result<(), Abort> {
    let mut was_lost = false;
    for _ in 0..ATTEMPTS_MAX {
        let connection = match slot {
            Some(connection) => connection,
            None => slot.insert(AnyConnection::open(location, Role::Writer)?),
        };
        match attempt(connection, job) {
            Attempt::Ended(end) => {
                if end.is_err() && !is_alive(connection) {
                    *slot = None;
                }
                return end;
            }
            Attempt::Raced => {}
            Attempt::Lost(abort) => {
                *slot = None;
                if std::mem::replace(&mut was_lost, true) {
                    return Err(abort);
                }
            }
        }
    }
    Err(Abort::Again)
}

fn attempt(connection: &mut AnyConnection, job: &mut dyn Job) -> Attempt {
    let whole = job.kind() == Kind::Transaction;
    if whole && let Err(error) = AnyConnection::begin_transaction(connection) {
        return undone(connection, error.into());
    }
    match job.run(connection) {
        // Whether a commit that failed took effect is not known: it is not tried again.
        Ok(()) if whole => match AnyConnection::commit_transaction(connection).map_err(Abort::from) {
            Err(Abort::Again) => Attempt::Raced,
            end => Attempt::Ended(end),
        },
        Ok(()) => Attempt::Ended(Ok(())),
        Err(abort) => {
            if whole && AnyConnection::rollback_transaction(connection).is_err() {
                return Attempt::Lost(abort);
            }
            undone(connection, abort)
        }
    }
}

fn undone(connection: &mut AnyConnection, abort: Abort) -> Attempt {
    match abort {
        Abort::Again => Attempt::Raced,
        Abort::Database(_) if !is_alive(connection) => Attempt::Lost(abort),
        _ => Attempt::Ended(Err(abort)),
    }
}

fn is_alive(connection: &mut AnyConnection) -> bool {
    connection.batch_execute("SELECT 1").is_ok()
}
