//! `gatewright plugin verify`: is a plugin signed by these keys?

use super::super::error::CommandError;
use super::super::table::{plain, write_rows};
use super::error::PluginError;
use super::signature::{SignedPlugin, key};
use clap::Args;
use gatewright_domain::plugin_key::SignatureVerifier;
use gatewright_policy::signatures::statement;
use gatewright_signing::{PluginVerifier, plugin_key_from_pem};
use std::io::Write;
use std::path::PathBuf;

/// Say whether a plugin is signed by a key
///
/// Reads FILE.sig beside the plugin. Exit status 1 when a key has not signed it, or signed another file.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// A public key, NAME.pub.pem; given several times, all of them must have signed
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// The plugin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(arguments: &VerifyArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let plugin = SignedPlugin::read(&arguments.file)?;
    let statement = statement(&plugin.bytes);
    let mut rows =
        vec![["plugin".to_owned(), format!("{} {}", plain(&plugin.manifest.name), plain(&plugin.manifest.version))]];
    for path in &arguments.keys {
        let public = key(path, plugin_key_from_pem)?;
        let (file, by) = (arguments.file.clone(), path.clone());
        match plugin.signatures.as_ref().and_then(|signatures| signatures.by(&public)) {
            None => return Err(PluginError::NotSigned { file, by }.into()),
            Some(signature) if PluginVerifier.holds(&public, statement.as_bytes(), signature) => {
                rows.push(["signed".to_owned(), format!("by {} ({public})", path.display())]);
            }
            Some(_) => return Err(PluginError::SignedAnother { file, by }.into()),
        }
    }
    Ok(write_rows(out, &rows)?)
}
