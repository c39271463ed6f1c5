//! The two dialects and `schema.rs` say the same; steps are applied once.

use crate::databases::{self, Database};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, SqliteConnection, sql_query};
use gatewright_storage::SchemaVersion;
use gatewright_testing::clock::FixedClock;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    text: String,
}

/// `table.column type`, of every table of ours.
type Columns = BTreeSet<String>;

fn columns(rows: Vec<Found>) -> Columns {
    rows.into_iter().map(|row| row.text).filter(|text| !text.starts_with("__diesel")).collect()
}

/// What `schema.rs` declares, as diesel names it.
fn declared() -> Columns {
    let mut declared = Columns::new();
    let mut table = String::new();
    for line in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some((column, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            declared.insert(format!("{table}.{column} {kind}"));
        } else if let Some((name, _)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            table = name.to_owned();
        }
    }
    declared
}

fn in_sqlite(database: &Database) -> Columns {
    let mut connection = SqliteConnection::establish(database.url.strip_prefix("sqlite:").unwrap()).unwrap();
    let sql = "SELECT m.name || '.' || c.name || ' ' || CASE c.\"notnull\" WHEN 1 THEN c.type ELSE 'Nullable<' || c.type || '>' END \
               AS text FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'";
    let found = columns(sql_query(sql).load(&mut connection).unwrap());
    // SQLite has no type for yes and no.
    let flags = ["users.disabled", "authorization_codes.offline", "token_families.offline"];
    let named = |text: String| {
        let text = text.replace("INTEGER", "BigInt").replace("TEXT", "Text").replace("BLOB", "Binary");
        if flags.iter().any(|flag| text.starts_with(flag)) { text.replace("BigInt", "Bool") } else { text }
    };
    found.into_iter().map(named).collect()
}

fn in_postgres(database: &Database) -> Columns {
    let mut connection = PgConnection::establish(&database.url).unwrap();
    let sql = "SELECT table_name || '.' || column_name || ' ' || \
               CASE is_nullable WHEN 'NO' THEN data_type ELSE 'Nullable<' || data_type || '>' END AS text \
               FROM information_schema.columns WHERE table_schema = current_schema()";
    let found = columns(sql_query(sql).load(&mut connection).unwrap());
    let named = |text: String| {
        let text = text.replace("bigint", "BigInt").replace("boolean", "Bool").replace("bytea", "Binary");
        text.replace(" text", " Text").replace("<text>", "<Text>")
    };
    found.into_iter().map(named).collect()
}

#[test]
fn sqlite_has_the_declared_columns() {
    let database = databases::sqlite();
    database.open(Arc::new(FixedClock::default())).migrate().unwrap();
    assert!(declared().len() > 80, "{:?}", declared());
    assert_eq!(in_sqlite(&database), declared());
}

#[test]
fn postgres_has_the_declared_columns() {
    let Some(database) = databases::postgres() else { return };
    database.open(Arc::new(FixedClock::default())).migrate().unwrap();
    assert_eq!(in_postgres(&database), declared());
}

fn steps(dialect: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(dialect);
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// The tables and indices a dialect's files make, in words that both share.
fn made(dialect: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(dialect);
    let mut made = vec![];
    for step in steps(dialect) {
        let sql = std::fs::read_to_string(folder.join(step).join("up.sql")).unwrap();
        made.extend(sql.lines().filter(|line| line.starts_with("CREATE")).map(str::to_owned));
    }
    made
}

#[test]
fn both_dialects_have_the_same_steps_tables_and_indices() {
    assert_eq!(steps("sqlite"), steps("postgres"));
    assert!(!made("sqlite").is_empty());
    assert_eq!(made("sqlite"), made("postgres"));
}

fn migrates(database: &Database) {
    let storage = database.open(Arc::new(FixedClock::default()));
    let SchemaVersion::Behind(missing) = storage.schema_version().unwrap() else {
        panic!("an empty database is behind")
    };
    assert_eq!(missing.len(), steps("sqlite").len());
    assert_eq!(storage.migrate().unwrap(), missing);
    assert_eq!(storage.schema_version().unwrap(), SchemaVersion::Current(missing.last().unwrap().clone()));
    assert!(storage.migrate().unwrap().is_empty());
}

#[test]
fn sqlite_migrates_once() {
    migrates(&databases::sqlite());
}

#[test]
fn postgres_migrates_once() {
    if let Some(database) = databases::postgres() {
        migrates(&database);
    }
}

fn migrates_from_many_nodes_at_once(database: &Database) {
    let clock = Arc::new(FixedClock::default());
    let nodes: Vec<_> = (0..4).map(|_| database.open(clock.clone())).collect();
    let start = std::sync::Barrier::new(nodes.len());
    let applied: Vec<usize> = std::thread::scope(|scope| {
        let migrating = |node: &gatewright_storage::Storage| {
            start.wait();
            node.migrate().unwrap().len()
        };
        let running: Vec<_> = nodes.iter().map(|node| scope.spawn(move || migrating(node))).collect();
        running.into_iter().map(|node| node.join().unwrap()).collect()
    });
    assert_eq!(applied.iter().sum::<usize>(), steps("sqlite").len(), "{applied:?}");
}

#[test]
fn of_many_nodes_that_migrate_sqlite_at_once_one_does() {
    migrates_from_many_nodes_at_once(&databases::sqlite());
}

#[test]
fn of_many_nodes_that_migrate_postgres_at_once_one_does() {
    if let Some(database) = databases::postgres() {
        migrates_from_many_nodes_at_once(&database);
    }
}

#[test]
fn a_database_of_a_newer_release_is_not_migrated() {
    let database = databases::sqlite();
    let storage = database.open(Arc::new(FixedClock::default()));
    storage.migrate().unwrap();
    let mut connection = SqliteConnection::establish(database.url.strip_prefix("sqlite:").unwrap()).unwrap();
    sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')")
        .execute(&mut connection)
        .unwrap();
    assert_eq!(storage.schema_version().unwrap(), SchemaVersion::Ahead(vec!["29990101000000".to_owned()]));
    let fault = storage.migrate().unwrap_err().to_string();
    assert!(fault.contains("newer release") && fault.contains("29990101000000"), "{fault}");
}
