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
}

impl Default for Policy {
    fn default() -> Self {
        Self { directory: None, watch: true }
    }
}

impl Policy {
    pub(super) fn specimen() -> Self {
        Self { directory: Some("policy".into()), ..Self::default() }
    }
}
