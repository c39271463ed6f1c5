//! `gatewright trace`: why a login went as it did.

mod draw;
mod list;
mod show;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// Logins, step by step: list, show.
#[derive(Debug, Args)]
pub(super) struct TraceArguments {
    #[command(subcommand)]
    command: TraceCommand,
}

#[derive(Debug, Subcommand)]
enum TraceCommand {
    List(list::ListArguments),
    Show(show::ShowArguments),
}

pub(super) async fn run(arguments: TraceArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        TraceCommand::List(arguments) => list::run(&arguments, out).await,
        TraceCommand::Show(arguments) => show::run(&arguments, out).await,
    }
}
