//! The threads that own the connections, and the one place where a query leaves async.
//!
//! SQLite has one writer, which commits many callers' work together ([`writer`]), and some connections beside
//! it that read on their callers' threads ([`reader`]). PostgreSQL has some connections that take whole transactions
//! each ([`postgres`]). **Invariant:** a caller is answered only after what it wrote is committed.

mod job;
mod postgres;
mod reader;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use job::{Job, Kind};

use crate::abort::Abort;
use crate::config::Location;
use crate::connection::{AnyConnection, Role};
use crate::fault;
use gatewright_domain::fault::Fault;
use job::Work;
use reader::Readers;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// Most jobs that wait for a connection; further callers wait for a place.
pub(crate) const QUEUE_JOBS_MAX: usize = 1024;
/// Most times one transaction is run when it loses races against others.
pub(crate) const ATTEMPTS_MAX: usize = 16;

type Queue = Arc<Mutex<mpsc::Receiver<Box<dyn Job>>>>;

/// Runs jobs on connections. Dropped, it finishes what was queued, closes the connections and waits for its
/// threads.
pub(crate) struct Executor {
    /// Of SQLite only.
    readers: Option<Readers>,
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    /// SQLite's writer, or all connections to PostgreSQL.
    threads: Vec<JoinHandle<()>>,
}

impl Executor {
    /// Opens the connections; fails when one cannot be opened.
    pub(crate) fn open(location: &Location, connections: usize) -> Result<Self, Fault> {
        let (jobs, queue) = mpsc::channel(QUEUE_JOBS_MAX);
        let mut executor = Self { readers: None, jobs: Some(jobs), threads: Vec::new() };
        match location {
            Location::Sqlite(_) => {
                let connection = AnyConnection::open(location, Role::Writer)?;
                let place = location.clone();
                let serve = move || writer::serve(&place, connection, queue);
                executor.threads.push(spawn("storage-writer", serve)?);
                executor.readers = Some(Readers::open(location, connections)?);
            }
            Location::Postgres(_) => {
                let queue: Queue = Arc::new(Mutex::new(queue));
                for _ in 0..connections {
                    let connection = AnyConnection::open(location, Role::Writer)?;
                    let (place, queue) = (location.clone(), queue.clone());
                    let serve = move || postgres::serve(&place, connection, &queue);
                    executor.threads.push(spawn("storage-postgres", serve)?);
                }
            }
        }
        Ok(executor)
    }

    /// Reads in one statement.
    pub(crate) async fn read<F, R>(&self, place: &'static str, work: F) -> Result<R, Fault>
    where
        F: FnMut(&mut AnyConnection) -> Result<R, Abort> + Send + 'static,
        R: Send + 'static,
    {
        match &self.readers {
            Some(readers) => readers.read(place, work).await,
            None => self.submit(Kind::Read, place, work).await,
        }
    }

    /// Writes in one statement that bears to be run twice.
    pub(crate) async fn statement<F, R>(&self, place: &'static str, work: F) -> Result<R, Fault>
    where
        F: FnMut(&mut AnyConnection) -> Result<R, Abort> + Send + 'static,
        R: Send + 'static,
    {
        self.submit(Kind::Statement, place, work).await
    }

    /// Writes in one transaction. An error of the work undoes it; [`Abort::Again`] runs it again.
    pub(crate) async fn transaction<F, R>(&self, place: &'static str, work: F) -> Result<R, Fault>
    where
        F: FnMut(&mut AnyConnection) -> Result<R, Abort> + Send + 'static,
        R: Send + 'static,
    {
        self.submit(Kind::Transaction, place, work).await
    }

    async fn submit<F, R>(&self, kind: Kind, place: &'static str, work: F) -> Result<R, Fault>
    where
        F: FnMut(&mut AnyConnection) -> Result<R, Abort> + Send + 'static,
        R: Send + 'static,
    {
        let stopped = || Fault::new(place, "the storage is stopped");
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Work { kind, place, work, result: None, caller });
        jobs.send(job).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

#[cfg(test)]
impl Executor {
    /// How many jobs wait for the writer.
    fn waiting_writes(&self) -> usize {
        self.jobs.as_ref().map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }
}

impl Drop for Executor {
    /// Threads end when their queue is closed and empty. SQLite's writer is the last to close: whoever closes
    /// alone folds the log into the database, and of several that close at once none can.
    fn drop(&mut self) {
        self.readers = None;
        self.jobs = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("{}", fault("a storage thread panicked"));
            }
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map_err(|error| Fault::caused("store", error))
}

/// Takes the next job off a queue that several threads share; none when it is closed and empty.
fn next(queue: &Queue) -> Option<Box<dyn Job>> {
    queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).blocking_recv()
}
