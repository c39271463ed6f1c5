//! `[policy]`: the bundle of scripts that decides.

use super::complaint::Complaint;
use super::plugin_signatures::PluginSignatures;
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
    /// Whose signatures plugins need.
    pub plugin_signatures: PluginSignatures,
}

impl Default for Policy {
    fn default() -> Self {
        Self { directory: None, watch: true, compiled_plugins: None, plugin_signatures: PluginSignatures::default() }
    }
}

impl Policy {
    pub(super) fn specimen() -> Self {
        Self {
            directory: Some("policy".into()),
            compiled_plugins: Some("plugins".into()),
            plugin_signatures: PluginSignatures::specimen(),
            ..Self::default()
        }
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        self.plugin_signatures.admit(complaints);
    }
}
