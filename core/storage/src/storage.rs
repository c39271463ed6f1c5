//! The opened database.

use crate::config::{Location, StorageConfig};
use crate::executor::Executor;
use crate::migrations::{self, SchemaVersion};
use crate::notices::Notices;
use crate::stores;
use diesel::sql_types::Integer;
use diesel::{IntoSql, RunQueryDsl};
use gatewright_domain::fault::Fault;
use gatewright_domain::store::Stores;
use std::sync::Arc;
use std::time::Duration;

/// How long [`Storage::is_reachable`] waits for an answer.
const REACH_TIMEOUT: Duration = Duration::from_secs(2);

/// An open database. Dropped together with the last of its [`Stores`], it finishes what was queued and closes
/// its connections.
pub struct Storage {
    location: Location,
    executor: Arc<Executor>,
    stores: Stores,
}

impl Storage {
    /// Opens the database and its connections; makes the file of SQLite where there is none. Blocks; call
    /// it before serving.
    ///
    /// # Errors
    /// A fault that says what is wrong with the URL, the file or the server.
    pub fn open(config: StorageConfig) -> Result<Self, Fault> {
        let location = Location::parse(&config.url)?;
        let connections = location.connections(config.connections)?;
        let executor = Arc::new(Executor::open(&location, connections)?);
        let stores = stores::over(executor.clone(), config.clock, Notices::new(location.clone()));
        Ok(Self { location, executor, stores })
    }

    /// Brings the schema up to date; answers the steps it applied, none when there was nothing to do. Safe
    /// on several nodes at once. Blocks; call it before serving.
    ///
    /// # Errors
    /// A fault when a step fails (it is undone), or when a newer release has migrated the database.
    pub fn migrate(&self) -> Result<Vec<String>, Fault> {
        migrations::apply(&self.location)
    }

    /// How the schema relates to this binary. Blocks; call it before serving.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn schema_version(&self) -> Result<SchemaVersion, Fault> {
        migrations::version(&self.location)
    }

    /// The ports over it. All that one `Storage` gives share one cache of clients.
    pub fn stores(&self) -> Stores {
        self.stores.clone()
    }

    /// Whether the database answers now, within two seconds (`/health/ready`).
    pub async fn is_reachable(&self) -> bool {
        let asked = self
            .executor
            .read("store", |connection| Ok(diesel::select(1.into_sql::<Integer>()).get_result::<i32>(connection)?));
        match tokio::time::timeout(REACH_TIMEOUT, asked).await {
            Ok(Ok(_)) => true,
            Ok(Err(fault)) => {
                tracing::warn!("the database does not answer: {fault}");
                false
            }
            Err(_) => {
                tracing::warn!("the database does not answer within {} s", REACH_TIMEOUT.as_secs());
                false
            }
        }
    }
}
