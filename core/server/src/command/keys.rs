//! `gatewright keys`: the keys that tokens are signed with, and those that clients encrypt to (RFC 7517).

use super::error::CommandError;
use super::table::write_rows;
use super::target::ServerTarget;
use super::write_json;
use crate::moment;
use crate::operations::KeyRotation;
use clap::{Args, Subcommand};
use gatewright_domain::key_algorithm::KeyAlgorithm;
use serde_json::json;
use std::io::Write;

/// The server's keys: list, rotate.
#[derive(Debug, Args)]
pub(super) struct KeysArguments {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// List the keys: which sign, which will, which still verify or decrypt
    List(ListArguments),
    /// Replace keys before it is their time
    ///
    /// The new key is published at once and signs when keys.overlap_days have passed, so that every client knows it by
    /// then; the old one verifies, or decrypts, for as long again. A running server sees it within seconds.
    Rotate(RotateArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct RotateArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Only the key of this algorithm; may be given several times
    #[arg(long = "algorithm", value_name = "ALG")]
    algorithms: Vec<KeyAlgorithm>,
    /// The old key was stolen: the new one signs now, and all that the old ones signed is void
    #[arg(long)]
    stolen: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: KeysArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        KeysCommand::List(arguments) => list(&arguments, out).await,
        KeysCommand::Rotate(arguments) => rotate(&arguments, out).await,
    }
}

async fn list(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let keys = arguments.target.operations()?.keys().await?;
    if arguments.json {
        return write_json(out, &json!({ "keys": keys }));
    }
    let mut rows = vec![["KEY", "ALGORITHM", "STATE", "SIGNS FROM (UTC)", "PUBLISHED UNTIL"].map(str::to_owned)];
    rows.extend(keys.into_iter().map(|key| {
        let until = key.drops_at.map_or_else(|| "-".to_owned(), moment::shown);
        [key.kid.to_string(), key.algorithm.to_string(), key.state, moment::shown(key.signs_from), until]
    }));
    Ok(write_rows(out, &rows)?)
}

async fn rotate(arguments: &RotateArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let rotation = KeyRotation { algorithms: arguments.algorithms.clone(), stolen: arguments.stolen };
    let made = arguments.target.operations()?.rotate_keys(rotation).await?;
    if arguments.json {
        return write_json(out, &made);
    }
    for key in made.rotated {
        let algorithm = key.algorithm;
        match key.kid {
            Some(kid) => writeln!(out, "{algorithm}: the new key is {kid}")?,
            None => {
                writeln!(out, "{algorithm}: another node rotated at this moment; `gatewright keys list` shows its key")?
            }
        }
    }
    Ok(())
}
