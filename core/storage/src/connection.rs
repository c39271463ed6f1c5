//! A connection to either database, and how each is set up.

use crate::config::Location;
use crate::fault;
use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, MultiConnection, PgConnection, SqliteConnection};
use gatewright_domain::fault::Fault;
use std::path::Path;

/// How long SQLite waits for another process that holds the file, in milliseconds.
pub(crate) const BUSY_MS_MAX: u32 = 10_000;

/// How long a read of SQLite waits for a lock, in milliseconds. It waits on its caller's thread, and no write keeps it
/// waiting: only a process that recovers the log or holds the whole file does.
const READ_BUSY_MS_MAX: u32 = 1_000;
/// How long PostgreSQL may work on one statement, in milliseconds.
pub(crate) const STATEMENT_MS_MAX: u32 = 10_000;
/// How long a connection to PostgreSQL may take, in seconds.
const CONNECT_S_MAX: u32 = 5;
/// How long PostgreSQL may leave sent bytes unacknowledged before the connection counts as lost, in milliseconds.
const SILENCE_MS_MAX: u32 = 15_000;

/// How long SQLite's log grows before it is folded into the database, in pages of 4 KiB. Longer than its
/// default (1000): a few commits of a busy writer fill that.
const LOG_PAGES_MAX: u32 = 8_000;

/// One connection; which database is behind it matters only where it is opened, begun and migrated.
#[derive(MultiConnection)]
pub(crate) enum AnyConnection {
    /// To an SQLite file.
    Sqlite(SqliteConnection),
    /// To a PostgreSQL server.
    Postgres(PgConnection),
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Writes too.
    Writer,
    /// Reads only; SQLite holds it to that.
    Reader,
}

impl AnyConnection {
    /// Opens a connection.
    pub(crate) fn open(location: &Location, role: Role) -> Result<Self, Fault> {
        match location {
            Location::Sqlite(path) => open_sqlite(path, role).map(Self::Sqlite),
            Location::Postgres(url) => open_postgres(url).map(Self::Postgres),
        }
    }
}

fn open_sqlite(path: &Path, role: Role) -> Result<SqliteConnection, Fault> {
    make_private(path)?;
    let name = path.to_str().ok_or_else(|| fault("the path of the database is not UTF-8"))?;
    let mut connection = SqliteConnection::establish(name).map_err(|error| unopened(path, error))?;
    let (query_only, busy_ms) = match role {
        Role::Reader => ("ON", READ_BUSY_MS_MAX),
        Role::Writer => ("OFF", BUSY_MS_MAX),
    };
    // FULL: a commit is on the disk before anyone is told of it. The rest holds for each connection alone.
    let pragmas = format!(
        "PRAGMA busy_timeout = {busy_ms}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA wal_autocheckpoint = {LOG_PAGES_MAX}; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA query_only = {query_only};"
    );
    connection.batch_execute(&pragmas).map_err(|error| unopened(path, error))?;
    Ok(connection)
}

fn unopened(path: &Path, error: impl std::fmt::Display) -> Fault {
    fault(format!("the SQLite database {} cannot be opened: {error}", path.display()))
}

/// Makes an absent file readable by its owner alone: it will hold password hashes. SQLite gives the files
/// beside it the same mode.
fn make_private(path: &Path) -> Result<(), Fault> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unopened(path, error)),
    }
}

/// A connection to PostgreSQL, set up.
pub(crate) fn open_postgres(url: &str) -> Result<PgConnection, Fault> {
    let url = with_defaults(url);
    let mut connection = PgConnection::establish(&url).map_err(unreached)?;
    connection
        .batch_execute(&format!("SET statement_timeout = {STATEMENT_MS_MAX}"))
        .map_err(|error| fault(format!("PostgreSQL cannot be set up: {error}")))?;
    Ok(connection)
}

/// What libpq says of a URL that it cannot parse quotes it, the password perhaps; what it says of a server
/// does not.
fn unreached(error: ConnectionError) -> Fault {
    let message = error.to_string();
    if message.contains("URI") || message.contains("percent-encoded") {
        return fault("the URL of PostgreSQL is malformed: look at its % escapes and at what follows the ?");
    }
    fault(format!("PostgreSQL cannot be reached: {}", message.trim_end()))
}

/// The URL with limits on waiting, where it sets none itself.
fn with_defaults(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in [("connect_timeout", CONNECT_S_MAX), ("tcp_user_timeout", SILENCE_MS_MAX)] {
        let query = url.split_once('?').map(|(_, query)| query);
        if query.is_none_or(|query| !query.split('&').any(|pair| pair.starts_with(&format!("{name}=")))) {
            let joint = match query {
                None => "?",
                Some("") => "",
                Some(_) => "&",
            };
            url.push_str(&format!("{joint}{name}={value}"));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postgres_url_gets_limits_on_waiting_where_it_has_none() {
        assert_eq!(with_defaults("postgres://h/d"), "postgres://h/d?connect_timeout=5&tcp_user_timeout=15000");
        assert_eq!(
            with_defaults("postgres://h/d?sslmode=require&connect_timeout=2"),
            "postgres://h/d?sslmode=require&connect_timeout=2&tcp_user_timeout=15000"
        );
        let whole = "postgres://h/d?tcp_user_timeout=1&connect_timeout=1";
        assert_eq!(with_defaults(whole), whole);
    }
}
