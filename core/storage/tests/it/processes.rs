//! A second process on the same SQLite file: the command line beside the server.

use crate::databases;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use gatewright_testing::clock::FixedClock;
use gatewright_testing::conformance::issue;
use gatewright_testing::samples;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Set for the copy of this test binary that plays the command line.
const DATABASE: &str = "GATEWRIGHT_TEST_COMMAND_LINE";
const USERS: usize = 50;

/// As the second process, adds end-users; otherwise does nothing.
#[tokio::test]
async fn as_the_command_line() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let config = gatewright_storage::StorageConfig::new(url, Arc::new(FixedClock::default()));
    let stores = gatewright_storage::Storage::open(config).unwrap().stores();
    for number in 0..USERS {
        let user = samples::user(&format!("cli-{number}"), &format!("cli-{number}"));
        stores.users.add(&user).await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_adds_users_while_the_server_writes() {
    let database = databases::sqlite();
    let storage = database.open(Arc::new(FixedClock::default()));
    storage.migrate().unwrap();
    let stores = storage.stores();
    let mut command_line = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::as_the_command_line"])
        .env(DATABASE, &database.url)
        .spawn()
        .unwrap();
    let mut written = 0;
    let status = loop {
        issue(&stores, &samples::code(&written.to_string(), "c", "f")).await;
        written += 1;
        if let Some(status) = command_line.try_wait().unwrap() {
            break status;
        }
    };
    assert!(status.success());
    assert!(written > 1, "both wrote at once");
    let mut added = stores.users.list(None, USERS + 1).await.unwrap();
    added.retain(|user| user.username.starts_with("cli-"));
    assert_eq!(added.len(), USERS);
}

#[tokio::test]
async fn a_writer_waits_for_another_process_that_holds_the_file() {
    let database = databases::sqlite();
    let storage = database.open(Arc::new(FixedClock::default()));
    storage.migrate().unwrap();
    let stores = storage.stores();
    let mut other = SqliteConnection::establish(database.url.strip_prefix("sqlite:").unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let user = samples::user("u", "alice");
    let mut adding = std::pin::pin!(stores.users.add(&user));
    assert!(tokio::time::timeout(Duration::from_millis(200), adding.as_mut()).await.is_err(), "it waits");
    assert_eq!(stores.users.find(&user.subject).await.unwrap(), None, "reads go on meanwhile");
    other.batch_execute("COMMIT").unwrap();
    adding.await.unwrap().unwrap();
}
