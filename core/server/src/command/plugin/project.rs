//! A plugin's project: a folder with `plugin.toml` and what its language needs.

use super::error::PluginError;
use gatewright_plugin_host::{Manifest, NotPacked};
use std::fs;
use std::path::{Path, PathBuf};

/// A project that can be built.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    /// The text of `plugin.toml`.
    pub(super) text: String,
    pub(super) manifest: Manifest,
}

impl Project {
    /// Reads the project in `folder`.
    pub(super) fn open(folder: &Path) -> Result<Self, PluginError> {
        let missing = |missing| PluginError::NoProject { folder: folder.to_owned(), missing };
        let path = folder.join("plugin.toml");
        if !path.exists() {
            return Err(missing("plugin.toml"));
        }
        if !folder.join("Cargo.toml").exists() {
            return Err(missing("Cargo.toml"));
        }
        let text = fs::read_to_string(&path).map_err(|cause| PluginError::File { path, cause })?;
        let manifest = Manifest::parse(&text).map_err(NotPacked::Manifest)?;
        Ok(Self { folder: folder.to_owned(), text, manifest })
    }

    /// Where the built plugin lies when nothing else is said.
    pub(super) fn product(&self) -> PathBuf {
        self.folder.join(format!("{}.wasm", self.manifest.name))
    }
}
