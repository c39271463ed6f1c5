//! `gatewright policy activate` and `gatewright policy rollback`.

use super::operations::{Asked, short};
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::{Following, WentLive};
use clap::Args;
use serde_json::json;
use std::io::Write;

/// Put a bundle live on every node, or on none
///
/// The bundle's tests are run here; then every node compiles it beside what it serves. When all are ready, all swap to it:
/// requests in flight end on the policy they began with. When one is not, nothing changes, and it is said which and why.
#[derive(Debug, Args)]
pub(super) struct ActivateArguments {
    /// Its digest, or 8 or more digits that it begins with
    #[arg(value_name = "DIGEST")]
    digest: String,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Go back to the bundle that was live before, on every node
///
/// A second rollback goes back one more. What a policy folder holds does not come back until the folder changes.
#[derive(Debug, Args)]
pub(super) struct RollbackArguments {
    /// Go back to this one: its digest, or 8 or more digits that it begins with
    #[arg(long, value_name = "DIGEST")]
    to: Option<String>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn activate(arguments: &ActivateArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let asking = arguments.asked.of(&arguments.target)?;
    let live = arguments.target.operations()?.activate_policy(&arguments.digest, &asking).await?;
    report(&live, arguments.json, out)
}

pub(super) async fn roll_back(arguments: &RollbackArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let asking = arguments.asked.of(&arguments.target)?;
    let live = arguments.target.operations()?.roll_back_policy(arguments.to.as_deref(), &asking).await?;
    report(&live, arguments.json, out)
}

/// Tells what went live.
pub(super) fn report(live: &WentLive, as_json: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    let WentLive { activation, nodes, followed_ms, changed } = live;
    let (number, digest) = (activation.number, &activation.digest);
    if as_json {
        let told = json!({ "activation": number, "digest": digest, "changed": changed, "nodes": nodes,
            "followed_ms": followed_ms });
        return write_json(out, &told);
    }
    if *changed {
        writeln!(out, "{} is live: activation {number}", short(digest))?;
    } else {
        writeln!(out, "{} is live already, by activation {number}; nothing has changed", short(digest))?;
    }
    if nodes.is_empty() {
        return Ok(writeln!(out, "  No server runs; the next to start serves it.")?);
    }
    let row = |node: &Following| {
        let word =
            if node.follows { "serves it" } else { "does not serve it yet; `gatewright policy status` shows it" };
        [format!("  {}", plain(&node.name)), word.to_owned()]
    };
    write_rows(out, &nodes.iter().map(row).collect::<Vec<_>>())?;
    Ok(())
}
