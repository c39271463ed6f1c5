//! `gatewright policy`: the tools of who writes a policy.

mod bench;
mod document;
mod error;
mod folder;
mod run;
mod test;

pub use error::PolicyError;

use super::error::CommandError;
use super::wait;
use clap::{Args, Subcommand};
use std::io::Write;

/// Policies: test, run, bench.
#[derive(Debug, Args)]
pub(super) struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    Test(test::TestArguments),
    Run(run::RunArguments),
    Bench(bench::BenchArguments),
}

pub(super) fn run(arguments: PolicyArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        PolicyCommand::Test(arguments) => wait(test::run(&arguments, out)),
        PolicyCommand::Run(arguments) => wait(run::run(&arguments, out)),
        PolicyCommand::Bench(arguments) => wait(bench::run(&arguments, out)),
    }
}
