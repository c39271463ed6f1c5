//! `gatewright policy`: the life of a policy, from its author's desk to a running server.

mod activate;
mod bench;
pub(super) mod check;
mod diff;
mod document;
mod error;
mod explain;
mod folder;
mod history;
mod issued;
mod operations;
mod published;
mod push;
mod replay;
mod run;
mod status;
mod test;
mod trial;

pub use error::PolicyError;

use super::error::CommandError;
use clap::{Args, Subcommand};
use std::io::Write;

/// Policies: checked, explained, pushed, tried, put live and taken back.
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
    Shadow(trial::ShadowArguments),
    Canary(trial::CanaryArguments),
}

pub(super) async fn run(arguments: PolicyArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        PolicyCommand::Check(arguments) => check::run(&arguments, out).await,
        PolicyCommand::Test(arguments) => test::run(&arguments, out).await,
        PolicyCommand::Run(arguments) => run::run(&arguments, out).await,
        PolicyCommand::Bench(arguments) => bench::run(&arguments, out).await,
        PolicyCommand::Explain(arguments) => explain::run(&arguments, out).await,
        PolicyCommand::Schema(arguments) => published::schema(&arguments, out),
        PolicyCommand::Definitions(arguments) => published::definitions(&arguments, out),
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
        PolicyCommand::Shadow(arguments) => trial::run_shadow(arguments, out).await,
        PolicyCommand::Canary(arguments) => trial::run_canary(arguments, out).await,
    }
}
