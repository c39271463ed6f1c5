//! The database and the whole server, opened for a command.

use super::error::CommandError;
use crate::assembly::Assembly;
use crate::configuration::Configuration;
use gatewright_capabilities::SystemClock;
use gatewright_storage::{SchemaVersion, Storage, StorageConfig};
use std::sync::Arc;

/// The database alone, whatever its schema.
pub(super) fn storage(configuration: &Configuration) -> Result<Storage, CommandError> {
    let mut settings = StorageConfig::new(configuration.database.url.expose(), Arc::new(SystemClock));
    settings.connections = configuration.database.connections;
    Ok(Storage::open(settings)?)
}

/// The database alone, fit to be used.
pub(super) fn migrated_storage(configuration: &Configuration) -> Result<Storage, CommandError> {
    let storage = storage(configuration)?;
    match storage.schema_version()? {
        SchemaVersion::Behind(missing) => Err(CommandError::SchemaBehind(missing)),
        // A newer release has been here: by the rule of migrations this one can still run.
        SchemaVersion::Current(_) | SchemaVersion::Ahead(_) => Ok(storage),
    }
}

/// The whole server, not listening.
pub(super) async fn assembly(configuration: &Configuration) -> Result<Assembly, CommandError> {
    migrated_storage(configuration)?;
    Ok(Assembly::open(configuration).await?)
}
