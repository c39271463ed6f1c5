//! `gatewright plugin test`: the project's own tests, against a scripted server.

use super::super::error::CommandError;
use super::project::Project;
use clap::Args;
use std::path::PathBuf;

/// Run a plugin's tests on this machine, without a server and without WASM
#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// The project
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &TestArguments) -> Result<(), CommandError> {
    let project = Project::open(&arguments.folder)?;
    Ok(project.language.test(&project)?)
}
