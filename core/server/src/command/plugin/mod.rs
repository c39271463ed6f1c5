//! `gatewright plugin`: the author's tools for hooks written as WASM components, and what an operator looks at before
//! running one.

mod build;
mod carried;
mod error;
mod files;
mod inspect;
mod language;
mod new;
mod project;
mod test;
mod tool;
mod world;

pub use error::PluginError;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// Plugins: new, build, test, inspect.
#[derive(Debug, Args)]
pub(super) struct PluginArguments {
    #[command(subcommand)]
    command: PluginCommand,
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    New(new::NewArguments),
    Build(build::BuildArguments),
    Test(test::TestArguments),
    Inspect(inspect::InspectArguments),
}

pub(super) fn run(arguments: PluginArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        PluginCommand::New(arguments) => new::run(&arguments, out),
        PluginCommand::Build(arguments) => build::run(&arguments, out),
        PluginCommand::Test(arguments) => test::run(&arguments),
        PluginCommand::Inspect(arguments) => inspect::run(&arguments, out),
    }
}
