//! `[policy]`: the bundle of scripts that decides.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the policy is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Folder with a `policy.toml`; the policy that comes with the server where absent.
    pub directory: Option<PathBuf>,
    /// A saved file becomes live at once, if the whole folder passes its checks.
    pub watch: bool,
    /// Folder in which compiled plugins are kept for the next start, for this server's user alone; beside the SQLite
    /// database where absent, and nowhere on PostgreSQL.
    pub compiled_plugins: Option<PathBuf>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { directory: None, watch: true, compiled_plugins: None }
    }
}

impl Policy {
    pub(super) fn specimen() -> Self {
        Self { directory: Some("policy".into()), compiled_plugins: Some("plugins".into()), ..Self::default() }
    }
}
