//! `gatewright policy`: the tools of who writes a policy, and its life on a running server.

mod activate;
mod bench;
mod diff;
mod document;
mod error;
mod folder;
mod history;
mod issued;
mod operations;
mod push;
mod replay;
mod run;
mod status;
mod test;

pub use error::PolicyError;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// Policies: test, run, bench, replay, push, activate, rollback, history, status, list, diff, issued, revoke.
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
    Replay(replay::ReplayArguments),
    Push(push::PushArguments),
    Activate(activate::ActivateArguments),
    Rollback(activate::RollbackArguments),
    /// Show what was live and what was refused, the latest first
    History(history::HistoryArguments),
    /// Show which policy is live and which nodes serve it
    Status(status::StatusArguments),
    /// List the bundles that were pushed, the latest first
    List(history::ListArguments),
    Diff(diff::DiffArguments),
    /// Show what was decided under a bundle and still counts: sessions, codes, token families
    Issued(issued::IssuedArguments),
    Revoke(issued::RevokeArguments),
}

pub(super) async fn run(arguments: PolicyArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        PolicyCommand::Test(arguments) => test::run(&arguments, out).await,
        PolicyCommand::Run(arguments) => run::run(&arguments, out).await,
        PolicyCommand::Bench(arguments) => bench::run(&arguments, out).await,
        PolicyCommand::Replay(arguments) => replay::run(&arguments, out).await,
        PolicyCommand::Push(arguments) => push::run(&arguments, out).await,
        PolicyCommand::Activate(arguments) => activate::activate(&arguments, out).await,
        PolicyCommand::Rollback(arguments) => activate::roll_back(&arguments, out).await,
        PolicyCommand::History(arguments) => history::history(&arguments, out).await,
        PolicyCommand::Status(arguments) => status::status(&arguments, out).await,
        PolicyCommand::List(arguments) => history::list(&arguments, out).await,
        PolicyCommand::Diff(arguments) => diff::run(&arguments, out).await,
        PolicyCommand::Issued(arguments) => issued::issued(&arguments, out).await,
        PolicyCommand::Revoke(arguments) => issued::revoke(&arguments, out).await,
    }
}
