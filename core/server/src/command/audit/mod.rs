//! `gatewright audit`: what administrators did, and what happened to accounts.

mod export;
mod list;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// What administrators did: list, export.
#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    List(list::ListArguments),
    Export(export::ExportArguments),
}

pub(super) async fn run(arguments: AuditArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        AuditCommand::List(arguments) => list::run(&arguments, out).await,
        AuditCommand::Export(arguments) => export::run(&arguments, out).await,
    }
}
