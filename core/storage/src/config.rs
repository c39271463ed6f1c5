//! Where the data is and how it is reached.

use crate::fault;
use gatewright_domain::clock::Clock;
use gatewright_domain::fault::Fault;
use std::path::PathBuf;
use std::sync::Arc;

/// Most connections.
pub const CONNECTIONS_MAX: usize = 256;
/// Connections that read on SQLite when nothing else is asked for.
pub const SQLITE_READERS: usize = 4;
/// Connections to PostgreSQL when nothing else is asked for.
pub const POSTGRES_CONNECTIONS: usize = 10;

/// What [`crate::Storage::open`] needs to know.
#[derive(Clone)]
pub struct StorageConfig {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…` (libpq's parameters, `sslmode` among
    /// them).
    pub url: String,
    /// Connections that read on SQLite, all connections on PostgreSQL, from 1 to [`CONNECTIONS_MAX`]; the backend's default
    /// where absent.
    pub connections: Option<usize>,
    /// Tells how old a cached client is, and when a removed account's families were revoked.
    pub clock: Arc<dyn Clock>,
}

impl StorageConfig {
    /// The data at `url`, with as many connections as the backend has by default.
    pub fn new(url: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self { url: url.into(), connections: None, clock }
    }
}

/// A parsed URL. Not `Debug`: the one of PostgreSQL may hold a password.
#[derive(Clone)]
pub(crate) enum Location {
    /// The file of SQLite.
    Sqlite(PathBuf),
    /// The whole URL, for libpq.
    Postgres(String),
}

impl Location {
    /// Parses the URL. The message of a fault never repeats it.
    pub(crate) fn parse(url: &str) -> Result<Self, Fault> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            // `sqlite:///var/x` is written by those who know other tools; it means `/var/x`.
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err(fault("the URL has no path after `sqlite:`")),
                ":memory:" => Err(fault("a database in memory is not offered; give a path after `sqlite:`")),
                path => Ok(Self::Sqlite(path.into())),
            };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(fault("the URL must begin with `sqlite:`, `postgres://` or `postgresql://`"))
    }

    /// How many connections to open beside SQLite's writer.
    pub(crate) fn connections(&self, asked: Option<usize>) -> Result<usize, Fault> {
        let default = match self {
            Self::Sqlite(_) => SQLITE_READERS,
            Self::Postgres(_) => POSTGRES_CONNECTIONS,
        };
        match asked.unwrap_or(default) {
            count @ 1..=CONNECTIONS_MAX => Ok(count),
            _ => Err(fault(format!("from 1 to {CONNECTIONS_MAX} connections can be opened"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_backend() {
        let path = |url| match Location::parse(url) {
            Ok(Location::Sqlite(path)) => path.display().to_string(),
            _ => panic!("{url} is no path"),
        };
        assert_eq!(path("sqlite:gatewright.db"), "gatewright.db");
        assert_eq!(path("sqlite:/var/lib/gatewright.db"), "/var/lib/gatewright.db");
        assert_eq!(path("sqlite:///var/lib/gatewright.db"), "/var/lib/gatewright.db");
        for url in ["postgres://app@localhost/x", "postgresql://app@localhost/x"] {
            assert!(matches!(Location::parse(url), Ok(Location::Postgres(whole)) if whole == url));
        }
    }

    #[test]
    fn a_url_of_no_backend_is_refused_without_being_repeated() {
        for url in ["", "gatewright.db", "mysql://root:hunter2@localhost", "sqlite:", "sqlite::memory:", "sqlite://"] {
            let fault = Location::parse(url).err().expect("it is refused").to_string();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn the_number_of_connections_has_bounds() {
        let location = Location::Sqlite("x".into());
        assert_eq!(location.connections(None).ok(), Some(SQLITE_READERS));
        assert_eq!(location.connections(Some(CONNECTIONS_MAX)).ok(), Some(CONNECTIONS_MAX));
        assert!(location.connections(Some(0)).is_err());
        assert!(location.connections(Some(CONNECTIONS_MAX + 1)).is_err());
    }
}
