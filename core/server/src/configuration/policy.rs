//! `[policy]`: the bundle of scripts that decides.

use super::complaint::Complaint;
use super::plugin_signatures::PluginSignatures;
use super::quarantine::QuarantineBudget;
use gatewright_policy::activation::{PERSON_CHARS_MAX, line};
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
    /// Whoever puts a pushed bundle live must be another person than pushed it.
    pub two_persons: bool,
    /// What this node is called among those that share a database; `HOST:PORT` where absent. No two may have one name.
    pub node: Option<String>,
    /// Folder in which compiled plugins are kept for the next start, for this server's user alone; beside the SQLite
    /// database where absent, and nowhere on PostgreSQL.
    pub compiled_plugins: Option<PathBuf>,
    /// When the live policy is taken back because it fails.
    pub quarantine: QuarantineBudget,
    /// Whose signatures plugins need.
    pub plugin_signatures: PluginSignatures,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            directory: None,
            watch: true,
            two_persons: false,
            node: None,
            compiled_plugins: None,
            quarantine: QuarantineBudget::default(),
            plugin_signatures: PluginSignatures::default(),
        }
    }
}

impl Policy {
    pub(super) fn specimen() -> Self {
        Self {
            directory: Some("policy".into()),
            node: Some("node".into()),
            compiled_plugins: Some("plugins".into()),
            quarantine: QuarantineBudget::specimen(),
            plugin_signatures: PluginSignatures::specimen(),
            ..Self::default()
        }
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if self.two_persons && self.directory.is_some() {
            let what = "is of no use beside policy.directory: whoever can write there puts policies live alone. Remove the \
                        directory, and push bundles with `gatewright policy push`";
            complaints.push(Complaint::of("policy.two_persons", what));
        }
        if self.node.as_deref().is_some_and(|name| line(name, PERSON_CHARS_MAX).is_none()) {
            complaints.push(Complaint::of("policy.node", "is no name: one line of 1 to 64 characters"));
        }
        self.quarantine.admit(complaints);
        self.plugin_signatures.admit(complaints);
    }
}
