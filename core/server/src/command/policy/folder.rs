//! The policy folder that an author works in, and what its code runs on.

use super::super::error::CommandError;
use super::super::target::Target;
use crate::assembly::AssemblyError;
use clap::Args;
use gatewright_domain::hooks::Runtime;
use gatewright_plugin_host::WasmRuntime;
use gatewright_policy::Runtimes;
use gatewright_policy::files::Files;
use gatewright_policy::signatures::Trust;
use gatewright_policy::watch::Source;
use gatewright_script_host::RhaiRuntime;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whose signatures the folder's plugins need.
#[derive(Debug, Args)]
pub(super) struct TrustArguments {
    #[command(flatten)]
    target: Target,
}

/// A policy folder, laid on the shipped policies as a server lays it.
pub(super) struct Folder {
    source: Source,
    trust: Trust,
}

impl Folder {
    /// The folder; signatures are wanted as the configuration says that was named, if one was.
    pub(super) fn open(folder: &Path, trust: &TrustArguments) -> Result<Self, CommandError> {
        let configuration = trust.target.load_named()?;
        let trust = configuration.map_or_else(Trust::nobody, |named| named.policy.plugin_signatures.trust());
        Ok(Self { source: Source { folder: folder.to_owned(), base: Files::shipped() }, trust })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &PathBuf {
        &self.source.folder
    }

    /// Its files as they are now.
    pub(super) fn read(&self) -> Result<Files, CommandError> {
        Ok(self.source.read().map_err(AssemblyError::from)?)
    }

    /// What runs them.
    pub(super) fn runtimes(&self) -> Runtimes {
        self.runtimes_with(RhaiRuntime::new())
    }

    /// What runs them, scripts on this runtime.
    pub(super) fn runtimes_with(&self, scripts: RhaiRuntime) -> Runtimes {
        let runtimes: Vec<Arc<dyn Runtime>> = vec![Arc::new(scripts), Arc::new(WasmRuntime::new(None))];
        Runtimes::new(runtimes, self.trust.clone())
    }
}
