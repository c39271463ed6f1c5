//! What opening a database says when it cannot be.

use crate::databases;
use gatewright_storage::{CONNECTIONS_MAX, Storage, StorageConfig};
use gatewright_testing::clock::FixedClock;
use std::sync::Arc;

fn open(url: &str) -> Result<Storage, String> {
    let clock = Arc::new(FixedClock::default());
    Storage::open(StorageConfig::new(url, clock)).map_err(|fault| fault.to_string())
}

fn refusal(url: &str) -> String {
    open(url).err().unwrap_or_else(|| panic!("{url} was opened"))
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let message = refusal("sqlite:/nowhere/at/all/test.db");
    assert!(message.contains("/nowhere/at/all/test.db") && message.contains("No such file"), "{message}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "Dear Alice, ".repeat(1000)).unwrap();
    let message = refusal(&format!("sqlite:{}", path.display()));
    assert!(message.contains("not a database"), "{message}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "Dear Alice, ".repeat(1000));
}

#[test]
fn a_server_that_is_not_there_is_told_without_the_password() {
    let message = refusal("postgres://app:hunter2@127.0.0.1:1/test");
    assert!(message.contains("PostgreSQL cannot be reached"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
    for malformed in ["postgres://app:hunter2%zz@127.0.0.1:1/test", "postgres://app:hunter2@127.0.0.1:1/test?hunter2"] {
        let message = refusal(malformed);
        assert!(message.contains("malformed") && !message.contains("hunter2"), "{message}");
    }
}

#[test]
fn no_more_connections_are_opened_than_the_limit() {
    let database = databases::sqlite();
    let config = StorageConfig::new(&database.url, Arc::new(FixedClock::default()));
    let over = StorageConfig { connections: Some(CONNECTIONS_MAX + 1), ..config.clone() };
    assert!(Storage::open(over).is_err());
    assert!(Storage::open(StorageConfig { connections: Some(0), ..config }).is_err());
}

#[cfg(unix)]
#[test]
fn the_files_of_sqlite_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new().unwrap();
    let storage = open(&format!("sqlite:{}", folder.path().join("test.db").display())).unwrap();
    storage.migrate().unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 2, "the database and its log");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn a_database_that_is_not_migrated_is_a_fault_and_no_empty_answer() {
    let database = databases::sqlite();
    let storage = open(&database.url).unwrap();
    assert!(storage.is_reachable().await);
    assert!(storage.stores().users.find_by_username("alice").await.is_err());
    assert!(storage.stores().keys.list().await.is_err());
}
