//! The command line: what an operator types, and what is answered.
//!
//! Answers go to standard output, as text or, with `--json`, as one JSON document; errors and the log to standard
//! error. Exit status: 0 done, 1 failed, 2 not understood. **Invariant:** a password or a secret is never an argument, for
//! arguments are seen by everyone on the machine; and an error says what to do next.

mod admin;
mod attempt;
mod audit;
mod audited;
mod check;
mod client;
mod error;
mod help;
mod hook;
mod input;
mod keys;
mod measure;
mod migrate;
mod opened;
mod plugin;
mod policy;
mod quickstart;
mod serve;
mod since;
mod stop;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod trace;
mod user;

pub use error::CommandError;
pub use plugin::PluginError;
pub use policy::PolicyError;

use crate::bench;
use attempt::Attempt;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime;

/// How long work on other threads may take to end after a command is done.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// A scriptable OAuth 2.0 / OpenID Connect authorization server.
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
    Admin(admin::AdminArguments),
    Trace(trace::TraceArguments),
    Audit(audit::AuditArguments),
    Plugin(plugin::PluginArguments),
    Policy(Box<policy::PolicyArguments>),
    Bench(Box<bench::BenchArguments>),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let matches = CommandLine::command().get_matches();
    let attempt = Attempt::read(&matches);
    let line = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match obey(line.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let written = attempt.map_or(Ok(()), |attempt| wait(attempt.ended_in(&error)));
            // Nothing is left to be done about a standard error that cannot be written.
            let _ = error.tell(&mut io::stderr().lock());
            if let Err(why) = written
                && why.to_string() != error.to_string()
            {
                let _ = writeln!(io::stderr().lock(), "warning: it is not in the audit log: {why}");
            }
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command) -> Result<(), CommandError> {
    let out = &mut io::stdout().lock();
    match command {
        Command::Quickstart(arguments) => wait(quickstart::run(&arguments, out)),
        Command::Serve(arguments) => wait(serve::run(&arguments, out)),
        Command::Check(arguments) => wait(check::run(&arguments, out)),
        Command::Migrate(arguments) => wait(migrate::run(&arguments, out)),
        Command::Client(arguments) => wait(client::run(arguments, out)),
        Command::User(arguments) => wait(user::run(arguments, out)),
        Command::Keys(arguments) => wait(keys::run(arguments, out)),
        Command::Admin(arguments) => wait(admin::run(arguments, out)),
        Command::Trace(arguments) => wait(trace::run(arguments, out)),
        Command::Audit(arguments) => wait(audit::run(arguments, out)),
        Command::Plugin(arguments) => plugin::run(arguments, out),
        Command::Policy(arguments) => wait(policy::run(*arguments, out)),
        // It measures, on a runtime of its own.
        Command::Bench(arguments) => Ok(bench::run(*arguments)?),
    }
}

/// Runs a command that waits for things.
fn wait(work: impl Future<Output = Result<(), CommandError>>) -> Result<(), CommandError> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().map_err(CommandError::Runtime)?;
    let outcome = runtime.block_on(work);
    // A plugin being compiled, or a test that never ends, holds up no command that is done.
    runtime.shutdown_timeout(SHUTDOWN);
    outcome
}

/// Writes a document for a machine.
fn write_json(out: &mut dyn Write, document: &impl serde::Serialize) -> Result<(), CommandError> {
    serde_json::to_writer_pretty(&mut *out, document).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}
