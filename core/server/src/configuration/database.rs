//! `[database]`: where everything durable is kept.

use super::complaint::{Complaint, within};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};
use url::Url;

/// Most connections that can be asked for.
pub const CONNECTIONS_MAX: usize = 256;

/// The database.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    pub url: DatabaseUrl,
    /// Connections that read on SQLite, all connections on PostgreSQL; the backend's default where absent.
    pub connections: Option<usize>,
}

/// A database's URL. Its password is never shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes the text over.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole URL, for whoever opens the database.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The folder that an SQLite database lies in.
    pub fn folder(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(Path::new(path).parent()?.to_owned())
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self::new("sqlite:gatewright.db")
    }
}

/// The URL without user, password and parameters.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.starts_with("sqlite:") {
            return f.write_str(&self.0);
        }
        match Url::parse(&self.0) {
            Ok(url) if url.has_host() => {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                write!(f, "{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
            }
            _ => f.write_str("…"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Database {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|start| self.url.expose().starts_with(start)) {
            let what = "is not accepted: it begins with `sqlite:` or `postgres://`";
            complaints.push(Complaint::of("database.url", what));
        }
        if let Some(connections) = self.connections {
            within(complaints, "database.connections", connections, 1..=CONNECTIONS_MAX);
        }
    }

    pub(super) fn specimen() -> Self {
        Self { connections: Some(1), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_database_lies_in_a_folder() {
        let folder = |url: &str| DatabaseUrl::new(url).folder();
        assert_eq!(folder("sqlite:gatewright.db"), Some(PathBuf::new()));
        assert_eq!(folder("sqlite:/var/lib/gatewright.db"), Some("/var/lib".into()));
        assert_eq!(folder("sqlite:///var/lib/gatewright.db"), Some("/var/lib".into()));
        assert_eq!(folder("postgres://app@db.example/auth"), None);
    }

    #[test]
    fn a_shown_url_has_no_password_in_it() {
        let table = [
            ("sqlite:gatewright.db", "sqlite:gatewright.db"),
            (
                "postgres://app:hush@db.example:5433/auth?sslmode=require&password=hush",
                "postgres://db.example:5433/auth",
            ),
            ("postgres:///auth?host=/run/postgresql&password=hush", "…"),
            ("hush", "…"),
        ];
        for (url, shown) in table {
            let database = Database { url: DatabaseUrl::new(url), connections: None };
            let told = [format!("{database:?}"), serde_json::to_string(&database).unwrap(), database.url.to_string()];
            assert_eq!(told[2], shown);
            assert!(told.iter().all(|text| text.contains(shown) && !text.contains("hush")), "{told:?}");
        }
    }
}
