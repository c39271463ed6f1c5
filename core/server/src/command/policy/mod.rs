//! `gatewright policy`: the life of a policy, from its author's desk on.

pub(super) mod check;
mod explain;
mod published;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// Policies: check, explain; schemas and definitions for editors.
#[derive(Debug, Args)]
pub(super) struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    Check(check::CheckArguments),
    Explain(Box<explain::ExplainArguments>),
    Schema(published::SchemaArguments),
    Definitions(published::DefinitionsArguments),
}

pub(super) async fn run(arguments: PolicyArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        PolicyCommand::Check(arguments) => check::run(&arguments, out).await,
        PolicyCommand::Explain(arguments) => explain::run(&arguments, out).await,
        PolicyCommand::Schema(arguments) => published::schema(&arguments, out),
        PolicyCommand::Definitions(arguments) => published::definitions(&arguments, out),
    }
}
