//! `[pages]`: the operator's own templates, texts and styles.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What end-users see.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Folder whose files take the place of the built-in ones of the same name.
    pub directory: Option<PathBuf>,
}

impl Pages {
    pub(super) fn specimen() -> Self {
        Self { directory: Some("pages".into()) }
    }
}
