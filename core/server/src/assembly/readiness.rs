//! Whether the server can do its work (`/health/ready`).

use crate::http::Readiness;
use async_trait::async_trait;
use gatewright_storage::Storage;
use std::sync::Arc;

/// Ready while the database answers.
pub(super) struct StorageReadiness(pub Arc<Storage>);

#[async_trait]
impl Readiness for StorageReadiness {
    async fn ready(&self) -> Result<(), String> {
        if self.0.is_reachable().await { Ok(()) } else { Err("the database does not answer".into()) }
    }
}
