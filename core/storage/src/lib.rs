//! The stores, for SQLite and PostgreSQL, from one query code.
//!
//! [`Storage`] opens the database, [`Storage::stores`] are the ports of `domain::store` over it. Queries are
//! diesel's, synchronous, on threads that own the connections ([`executor`]); a store call is one transaction of at
//! most a few statements. **Invariant:** what must happen once is decided by a predicate or a unique key in the
//! database, never by a lock in the process.

mod abort;
mod board;
mod config;
mod connection;
mod executor;
mod migrations;
mod notices;
mod rows;
mod schema;
mod storage;
mod stores;

pub use config::{CONNECTIONS_MAX, POSTGRES_CONNECTIONS, SQLITE_READERS, StorageConfig};
pub use migrations::SchemaVersion;
pub use storage::Storage;

use gatewright_domain::fault::Fault;

/// A fault of the storage as a whole.
fn fault(message: impl Into<String>) -> Fault {
    Fault::new("store", message)
}
