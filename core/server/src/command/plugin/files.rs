//! Files of a project, and why they could not be read or written.

use super::error::PluginError;
use std::fs;
use std::path::Path;

/// Writes a file and the folders that it lies in. One that says the same already is left as it is, so that tools see
/// what changed.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), PluginError> {
    let unwritten = |cause| PluginError::File { path: path.to_owned(), cause };
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(unwritten)?;
    }
    fs::write(path, content).map_err(unwritten)
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, PluginError> {
    fs::read(path).map_err(|cause| PluginError::File { path: path.to_owned(), cause })
}
