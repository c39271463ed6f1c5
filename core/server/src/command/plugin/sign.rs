//! `gatewright plugin sign`: a signature beside a plugin.

use super::super::error::CommandError;
use super::super::table::plain;
use super::error::PluginError;
use super::signature::{SignedPlugin, key};
use clap::Args;
use gatewright_domain::plugin_key::SignatureVerifier;
use gatewright_policy::signatures::statement;
use gatewright_signing::{PluginSigner, PluginVerifier};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Sign a plugin: write FILE.sig beside it
///
/// Others may have signed it: their signatures stay, as far as they are of this file. A second signature by the same key
/// takes the place of the first.
#[derive(Debug, Args)]
pub(super) struct SignArguments {
    /// The private key, NAME.key.pem
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The plugin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(arguments: &SignArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let signer = key(&arguments.key, PluginSigner::from_pem)?;
    let SignedPlugin { bytes, manifest, signatures, beside } = SignedPlugin::read(&arguments.file)?;
    let statement = statement(&bytes);
    let unsigned = |why| PluginError::Key { path: arguments.key.clone(), why };
    let public = signer.public().map_err(unsigned)?;
    let signature = signer.sign(statement.as_bytes()).map_err(unsigned)?;
    let mut signatures = signatures.unwrap_or_default();
    let others = signatures.keys().filter(|other| **other != public).count();
    signatures.retain(|key, signature| *key == public || PluginVerifier.holds(key, statement.as_bytes(), signature));
    let kept = signatures.keys().filter(|other| **other != public).count();
    let full = |why| PluginError::Signatures { path: beside.clone(), why };
    signatures.put(public, signature).map_err(full)?;
    replace(&beside, signatures.to_string().as_bytes())?;
    writeln!(out, "{}: {} {} signed by {public}", beside.display(), plain(&manifest.name), plain(&manifest.version))?;
    if kept < others {
        writeln!(out, "left out, being of another file: {}", signatures_of(others - kept))?;
    }
    if kept > 0 {
        writeln!(out, "beside it: {}", signatures_of(kept))?;
    }
    Ok(())
}

fn signatures_of(others: usize) -> String {
    if others == 1 { "the signature of another key".to_owned() } else { format!("signatures of {others} other keys") }
}

/// Writes a file whole: who reads it meanwhile, such as a server that watches the folder, reads the one before.
fn replace(path: &Path, content: &[u8]) -> Result<(), PluginError> {
    let mut hidden = OsString::from(".");
    hidden.push(path.file_name().unwrap_or_default());
    hidden.push(".new");
    let new = path.with_file_name(hidden);
    let written = fs::write(&new, content).and_then(|()| fs::rename(&new, path));
    written.map_err(|cause| PluginError::File { path: path.to_owned(), cause })
}
