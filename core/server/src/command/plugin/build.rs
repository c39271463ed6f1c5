//! `gatewright plugin build`: from a project to one `.wasm` file that a policy can run.

use super::super::error::CommandError;
use super::error::PluginError;
use super::files::write;
use super::project::Project;
use clap::Args;
use gatewright_plugin_host::pack;
use std::io::Write;
use std::path::PathBuf;

/// Build a plugin: one .wasm file with its manifest in it
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// The project
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Where to write it; NAME.wasm in the project otherwise
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &BuildArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let project = Project::open(&arguments.folder)?;
    let built = project.language.build(&project)?;
    let plugin = pack(&built, &project.text).map_err(PluginError::NotPacked)?;
    let path = arguments.output.clone().unwrap_or_else(|| arguments.folder.join(project.product()));
    write(&path, &plugin)?;
    writeln!(out, "{} ({} KiB)", path.display(), plugin.len().div_ceil(1024))?;
    Ok(())
}
