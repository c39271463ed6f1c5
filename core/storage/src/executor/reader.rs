//! SQLite connections that read. A read sees what was committed before its statement began, whatever the writer
//! does beside it.
//!
//! It runs on the thread of its caller: a look-up by key takes microseconds, and a thread of its own would cost
//! several times that in waking up and being woken (measured: two thirds of a look-up). Lists come a page at a time.

use crate::abort::Abort;
use crate::config::Location;
use crate::connection::{AnyConnection, Role};
use gatewright_domain::fault::Fault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// The connections that nobody reads with right now, and how many there may be.
pub(super) struct Readers {
    location: Location,
    turns: Semaphore,
    idle: Mutex<Vec<AnyConnection>>,
}

impl Readers {
    /// At most `connections` of them; one is opened now, so that a file that cannot be read is told at once.
    pub(super) fn open(location: &Location, connections: usize) -> Result<Self, Fault> {
        let first = AnyConnection::open(location, Role::Reader)?;
        Ok(Self { location: location.clone(), turns: Semaphore::new(connections), idle: Mutex::new(vec![first]) })
    }

    /// Reads in one statement, when a connection is free.
    pub(super) async fn read<F, R>(&self, place: &'static str, mut work: F) -> Result<R, Fault>
    where
        F: FnMut(&mut AnyConnection) -> Result<R, Abort>,
    {
        let _turn = self.turns.acquire().await.map_err(|_| Fault::new(place, "the storage is stopped"))?;
        let mut connection = match self.idle().pop() {
            Some(connection) => connection,
            None => AnyConnection::open(&self.location, Role::Reader)?,
        };
        // A panic is a mistake in one read; its connection is not used again.
        match catch_unwind(AssertUnwindSafe(|| work(&mut connection))) {
            Ok(outcome) => {
                self.idle().push(connection);
                outcome.map_err(|abort| abort.into_fault(place))
            }
            Err(_) => Err(Fault::new(place, "the read panicked")),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<AnyConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
