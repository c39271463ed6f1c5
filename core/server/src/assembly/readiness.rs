//! Whether the server can do its work (`/health/ready`).

use crate::http::Readiness;
use async_trait::async_trait;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_policy::activation::PolicyNode;
use gatewright_storage::Storage;
use std::sync::Arc;

/// Ready while the database answers.
pub(super) struct NodeReadiness {
    pub(super) storage: Arc<Storage>,
    pub(super) node: Arc<PolicyNode>,
}

#[async_trait]
impl Readiness for NodeReadiness {
    async fn ready(&self) -> Result<(), String> {
        if self.storage.is_reachable().await { Ok(()) } else { Err("the database does not answer".into()) }
    }

    fn node(&self) -> &str {
        self.node.name()
    }

    fn activation(&self) -> u64 {
        self.node.activation()
    }

    fn refused(&self) -> Option<BundleDigest> {
        self.node.refused()
    }
}
