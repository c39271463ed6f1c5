//! The writer's own promises, on a table of one column.

use super::writer::BATCH_JOBS_MAX;
use super::{ATTEMPTS_MAX, Executor, QUEUE_JOBS_MAX};
use crate::abort::Abort;
use crate::config::Location;
use crate::connection::{AnyConnection, Role};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use gatewright_domain::fault::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use tempfile::TempDir;

diesel::table! {
    rows (number) {
        number -> BigInt,
    }
}

struct Bench {
    executor: Arc<Executor>,
    location: Location,
    _folder: TempDir,
}

fn bench() -> Bench {
    let folder = TempDir::new().unwrap();
    let location = Location::Sqlite(folder.path().join("test.db"));
    let sql = "CREATE TABLE rows (number INTEGER NOT NULL PRIMARY KEY) STRICT";
    AnyConnection::open(&location, Role::Writer).unwrap().batch_execute(sql).unwrap();
    let executor = Arc::new(Executor::open(&location, 1).unwrap());
    Bench { executor, location, _folder: folder }
}

fn insert(connection: &mut AnyConnection, number: i64) -> Result<(), Abort> {
    diesel::insert_into(rows::table).values(rows::number.eq(number)).execute(connection)?;
    Ok(())
}

fn count(connection: &mut AnyConnection) -> i64 {
    rows::table.count().get_result(connection).unwrap()
}

impl Bench {
    /// What any other connection sees.
    fn committed(&self) -> i64 {
        count(&mut AnyConnection::open(&self.location, Role::Reader).unwrap())
    }

    async fn add(&self, number: i64) -> Result<(), Fault> {
        self.executor.transaction("test", move |connection| insert(connection, number)).await
    }

    /// Keeps the writer busy until the answer is dropped.
    fn hold_writer(&self) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel::<()>();
        let (started, start) = mpsc::channel();
        let executor = self.executor.clone();
        tokio::spawn(async move {
            let wait = move |_: &mut AnyConnection| {
                started.send(()).map_err(|_| Abort::Again)?;
                let _dropped = released.recv();
                Ok(())
            };
            executor.transaction("test", wait).await
        });
        start.recv().unwrap();
        release
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_queued_up_is_committed_together_up_to_the_limit() {
    let bench = bench();
    let release = bench.hold_writer();
    let jobs = BATCH_JOBS_MAX + 44;
    let mut callers = vec![];
    for number in 0..jobs {
        let (executor, location) = (bench.executor.clone(), bench.location.clone());
        callers.push(tokio::spawn(async move {
            let add = move |connection: &mut AnyConnection| {
                insert(connection, number as i64)?;
                Ok(count(&mut AnyConnection::open(&location, Role::Reader)?))
            };
            executor.transaction("test", add).await.unwrap()
        }));
    }
    while bench.executor.waiting_writes() < jobs {
        tokio::task::yield_now().await;
    }
    drop(release);
    let mut seen = vec![];
    for caller in callers {
        seen.push(caller.await.unwrap());
    }
    seen.sort_unstable();
    let mut expected = vec![0; BATCH_JOBS_MAX];
    expected.extend([BATCH_JOBS_MAX as i64; 44]);
    assert_eq!(seen, expected, "what was committed when each of them ran");
    assert_eq!(bench.committed(), jobs as i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_is_undone_alone() {
    let bench = bench();
    let release = bench.hold_writer();
    let fails = bench.executor.transaction("test", |connection| {
        insert(connection, 1)?;
        Err::<(), _>(Fault::new("test", "on purpose").into())
    });
    let panics = bench.executor.transaction("test", |connection| -> Result<(), Abort> {
        insert(connection, 2)?;
        panic!("on purpose")
    });
    let repeats = bench.executor.transaction("test", |connection| {
        insert(connection, 3)?;
        insert(connection, 3)
    });
    let together = async { tokio::join!(bench.add(10), fails, bench.add(11), panics, repeats, bench.add(12)) };
    let release_later = async {
        while bench.executor.waiting_writes() < 6 {
            tokio::task::yield_now().await;
        }
        drop(release);
    };
    let ((first, fails, second, panics, repeats, third), ()) = tokio::join!(together, release_later);
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(fails.unwrap_err().to_string(), "test: on purpose");
    assert!(panics.unwrap_err().to_string().contains("panicked"));
    assert!(repeats.unwrap_err().to_string().contains("UNIQUE"));
    assert_eq!(bench.committed(), 3);
}

#[tokio::test]
async fn a_transaction_that_loses_races_runs_again_a_limited_number_of_times() {
    let bench = bench();
    let runs = Arc::new(AtomicUsize::new(0));
    for wins_at in [3, usize::MAX] {
        let counted = runs.clone();
        let outcome = bench.executor.transaction("test", move |connection| {
            insert(connection, wins_at as i64 % 1000)?;
            if counted.fetch_add(1, Ordering::SeqCst) + 1 < wins_at { Err(Abort::Again) } else { Ok(()) }
        });
        let expected = wins_at.min(ATTEMPTS_MAX);
        assert_eq!(outcome.await.is_ok(), wins_at <= ATTEMPTS_MAX);
        assert_eq!(runs.swap(0, Ordering::SeqCst), expected);
    }
    assert_eq!(bench.committed(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_beyond_the_queue_wait_for_a_place() {
    let bench = bench();
    let release = bench.hold_writer();
    let callers: Vec<_> = (0..2 * QUEUE_JOBS_MAX as i64)
        .map(|number| {
            let executor = bench.executor.clone();
            let add = move |connection: &mut AnyConnection| insert(connection, number);
            tokio::spawn(async move { executor.transaction("test", add).await })
        })
        .collect();
    while bench.executor.waiting_writes() < QUEUE_JOBS_MAX {
        tokio::task::yield_now().await;
    }
    drop(release);
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(bench.committed(), 2 * QUEUE_JOBS_MAX as i64);
}

#[tokio::test]
async fn a_full_disk_is_a_fault_and_the_writer_goes_on_when_there_is_room() {
    let bench = bench();
    let full = bench.executor.transaction("test", |connection| {
        connection.batch_execute("PRAGMA max_page_count = 4")?;
        for number in 0..10_000 {
            insert(connection, number)?;
        }
        Ok(())
    });
    let fault = full.await.unwrap_err().to_string();
    assert!(fault.contains("full"), "{fault}");
    assert_eq!(bench.committed(), 0);
    // The limit lives as long as the connection; a broken transaction ends both.
    let lifted = |connection: &mut AnyConnection| Ok(connection.batch_execute("PRAGMA max_page_count = 4294967294")?);
    bench.executor.transaction("test", lifted).await.unwrap();
    bench.add(1).await.unwrap();
    assert_eq!(bench.committed(), 1);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let bench = bench();
    assert!(bench.executor.read("test", |connection| insert(connection, 1)).await.is_err());
    assert_eq!(bench.committed(), 0);
}
