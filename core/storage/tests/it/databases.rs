//! Empty databases, one a test.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use gatewright_storage::{Storage, StorageConfig};
use gatewright_testing::clock::FixedClock;
use gatewright_testing::conformance::Nodes;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Names the PostgreSQL server that tests may make schemas in.
pub const POSTGRES: &str = "GATEWRIGHT_TEST_POSTGRES";

/// A URL of an empty database, and what keeps it there.
pub struct Database {
    pub url: String,
    pub keeps: Box<dyn Any + Send + Sync>,
}

/// An SQLite file in a folder of its own.
pub fn sqlite() -> Database {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    Database { url, keeps: Box::new(folder) }
}

/// A schema of its own in the named server; none where no server is named.
pub fn postgres() -> Option<Database> {
    static SCHEMAS: AtomicUsize = AtomicUsize::new(0);
    let Ok(server) = std::env::var(POSTGRES) else {
        eprintln!("left out: {POSTGRES} names no server");
        return None;
    };
    let name = format!("test_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let schema = Schema { server, name };
    schema.execute(&format!("CREATE SCHEMA {}", schema.name));
    let joint = if schema.server.contains('?') { '&' } else { '?' };
    let url = format!("{}{joint}options=-csearch_path%3D{}", schema.server, schema.name);
    Some(Database { url, keeps: Box::new(schema) })
}

struct Schema {
    server: String,
    name: String,
}

impl Schema {
    fn execute(&self, sql: &str) {
        PgConnection::establish(&self.server).unwrap().batch_execute(sql).unwrap();
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        self.execute(&format!("SET client_min_messages = error; DROP SCHEMA {} CASCADE", self.name));
    }
}

impl Database {
    /// Opens it with few connections.
    pub fn open(&self, clock: Arc<FixedClock>) -> Storage {
        Storage::open(StorageConfig { connections: Some(3), ..StorageConfig::new(&self.url, clock) }).unwrap()
    }

    /// Two nodes over it, migrated.
    pub fn nodes(self) -> Nodes {
        let clock = Arc::new(FixedClock::default());
        let (here, there) = (self.open(clock.clone()), self.open(clock.clone()));
        here.migrate().unwrap();
        Nodes { here: here.stores(), there: there.stores(), clock, keeps: self.keeps }
    }
}
