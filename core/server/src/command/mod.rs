//! The command line: what an operator types, and what is answered.
//!
//! Answers go to standard output, as text or, with `--json`, as one JSON document; errors and the log to standard error.
//! Exit status: 0 done, 1 failed, 2 not understood. **Invariant:** a password or a secret is never an argument, for
//! arguments are seen by everyone on the machine; and an error says what to do next.

mod check;
mod client;
mod error;
mod help;
mod input;
mod keys;
mod migrate;
mod moment;
mod opened;
mod quickstart;
mod serve;
mod stop;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod user;

pub use error::CommandError;

use crate::bench;
use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;
use tokio::runtime::{self, Runtime};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "gatewright", version, about, help_template = help::TEMPLATE, after_help = help::EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// The commands. [`help::TEMPLATE`] lists them in groups.
#[derive(Debug, Subcommand)]
enum Command {
    Quickstart(quickstart::QuickstartArguments),
    Serve(serve::ServeArguments),
    Check(check::CheckArguments),
    Migrate(migrate::MigrateArguments),
    Client(client::ClientArguments),
    User(user::UserArguments),
    Keys(keys::KeysArguments),
    Bench(Box<bench::BenchArguments>),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    match obey(CommandLine::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done about a standard error that cannot be written.
            let _ = error.tell(&mut io::stderr().lock());
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command) -> Result<(), CommandError> {
    let command = match command {
        // It measures: a runtime of its own, which it makes, on one thread.
        Command::Bench(arguments) => return Ok(bench::run(*arguments)?),
        other => other,
    };
    let out = &mut io::stdout().lock();
    runtime()?.block_on(async {
        match command {
            Command::Quickstart(arguments) => quickstart::run(&arguments, out).await,
            Command::Serve(arguments) => serve::run(&arguments, out).await,
            Command::Check(arguments) => check::run(&arguments, out).await,
            Command::Migrate(arguments) => migrate::run(&arguments, out),
            Command::Client(arguments) => client::run(arguments, out).await,
            Command::User(arguments) => user::run(arguments, out).await,
            Command::Keys(arguments) => keys::run(arguments, out).await,
            Command::Bench(_) => Ok(()),
        }
    })
}

fn runtime() -> Result<Runtime, CommandError> {
    // A script runs on the worker that answers its request, and may need this much stack; a mebibyte more is for the rest.
    let stack = gatewright_script_host::STACK_BYTES + 1024 * 1024;
    runtime::Builder::new_multi_thread().thread_stack_size(stack).enable_all().build().map_err(CommandError::Runtime)
}

/// Writes a document for a machine.
fn write_json(out: &mut dyn Write, document: &impl serde::Serialize) -> Result<(), CommandError> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}
