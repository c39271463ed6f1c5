//! `gatewright policy push`.

use super::activate::report;
use super::operations::{Asked, own, short, wrong};
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::PushedDocument;
use clap::Args;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Store a policy folder as a bundle that can be activated
///
/// Everything in it is compiled and its tests are run first; a bundle with errors is not stored. Its digest is printed:
/// the name of exactly these files.
#[derive(Debug, Args)]
pub(super) struct PushArguments {
    /// The folder, with its policy.toml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// Put it live at once, on every node
    #[arg(long)]
    activate: bool,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &PushArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let asking = arguments.asked.of(&arguments.target)?;
    let (folder, operations) = (&arguments.folder, arguments.target.operations()?);
    let pushed = operations.push_policy(&own(folder)?, &asking).await.map_err(|error| wrong(error, folder))?;
    let PushedDocument { policy, tests } = pushed;
    if !arguments.json {
        let name = policy.name.as_deref().map(|name| format!(" ({})", plain(name))).unwrap_or_default();
        writeln!(out, "pushed {}{name}; {tests} tests passed", policy.digest)?;
    }
    if arguments.activate {
        let live = operations.activate_policy(policy.digest.as_str(), &asking).await?;
        return report(&live, arguments.json, out);
    }
    if arguments.json {
        let (digest, author) = (&policy.digest, &policy.author);
        return write_json(out, &json!({ "digest": digest, "name": policy.name, "author": author, "tests": tests }));
    }
    Ok(writeln!(out, "  `gatewright policy activate {}` puts it live.", short(&policy.digest))?)
}
