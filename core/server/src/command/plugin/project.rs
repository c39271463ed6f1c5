//! A plugin's project: a folder with `plugin.toml` and what its language needs.

use super::error::PluginError;
use super::language::Language;
use gatewright_plugin_host::{Manifest, NotPacked};
use std::fs;
use std::path::{Path, PathBuf};

/// What a build makes on its way, in the project. Rust has `target` instead.
const MADE: &str = "build";

/// A project that can be built.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    pub(super) language: Language,
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
        let language = Language::of(folder).ok_or_else(|| missing(Language::MARKS))?;
        // Tools are started in the project's folder, and told of files in it.
        let folder = fs::canonicalize(folder).map_err(|cause| PluginError::File { path: folder.to_owned(), cause })?;
        let text = fs::read_to_string(&path).map_err(|cause| PluginError::File { path, cause })?;
        let manifest = Manifest::parse(&text).map_err(NotPacked::Manifest)?;
        Ok(Self { folder, language, text, manifest })
    }

    /// A file that is made on the way to the plugin.
    pub(super) fn made(&self, name: &str) -> PathBuf {
        self.folder.join(MADE).join(name)
    }

    /// What the built plugin is called in the project's folder when nothing else is said.
    pub(super) fn product(&self) -> String {
        format!("{}.wasm", self.manifest.name)
    }
}
