//! The files that signing is about: a plugin, its signatures beside it, and keys in PEM.

use super::error::PluginError;
use gatewright_plugin_host::Manifest;
use gatewright_policy::signatures::{ENDING, Signatures};
use gatewright_signing::PluginKeyError;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A plugin and the signatures that lie beside it.
pub(super) struct SignedPlugin {
    pub(super) bytes: Vec<u8>,
    pub(super) manifest: Manifest,
    /// None where there is no such file.
    pub(super) signatures: Option<Signatures>,
    /// Where they lie, or will.
    pub(super) beside: PathBuf,
}

impl SignedPlugin {
    /// Reads both. What is no plugin is refused: nobody wants to have signed another file by mistake.
    pub(super) fn read(path: &Path) -> Result<Self, PluginError> {
        let bytes = read(path)?;
        let manifest = Manifest::read(&bytes).map_err(|why| PluginError::NoPlugin { path: path.to_owned(), why })?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(ENDING);
        let beside = PathBuf::from(beside);
        let signatures = match fs::read(&beside) {
            Ok(file) => {
                Some(Signatures::parse(&file).map_err(|why| PluginError::Signatures { path: beside.clone(), why })?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(PluginError::File { path: beside, cause }),
        };
        Ok(Self { bytes, manifest, signatures, beside })
    }
}

/// Reads a key.
pub(super) fn key<K>(path: &Path, parse: impl Fn(&[u8]) -> Result<K, PluginKeyError>) -> Result<K, PluginError> {
    let pem = zeroize::Zeroizing::new(read(path)?);
    parse(&pem).map_err(|why| PluginError::Key { path: path.to_owned(), why })
}

fn read(path: &Path) -> Result<Vec<u8>, PluginError> {
    fs::read(path).map_err(|cause| PluginError::File { path: path.to_owned(), cause })
}
