//! `gatewright plugin`: the author's tools for hooks written as WASM components, and what an operator looks at before
//! running one.

mod bench;
mod build;
mod carried;
mod error;
mod files;
mod inspect;
mod key;
mod language;
mod new;
mod project;
mod sign;
mod signature;
mod test;
mod tool;
mod verify;
mod world;

pub use error::PluginError;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// Plugins: new, build, test, inspect, bench, key, sign, verify.
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
    Bench(bench::BenchArguments),
    Key(key::KeyArguments),
    Sign(sign::SignArguments),
    Verify(verify::VerifyArguments),
}

pub(super) fn run(arguments: PluginArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        PluginCommand::New(arguments) => new::run(&arguments, out),
        PluginCommand::Build(arguments) => build::run(&arguments, out),
        PluginCommand::Test(arguments) => test::run(&arguments),
        PluginCommand::Inspect(arguments) => inspect::run(&arguments, out),
        PluginCommand::Bench(arguments) => bench::run(&arguments, out),
        PluginCommand::Key(arguments) => key::run(&arguments, out),
        PluginCommand::Sign(arguments) => sign::run(&arguments, out),
        PluginCommand::Verify(arguments) => verify::run(&arguments, out),
    }
}
