//! `gatewright keys`: the keys that tokens are signed with (RFC 7517).

use super::error::CommandError;
use super::table::write_rows;
use super::target::Target;
use super::{opened, write_json};
use crate::command::audited::{Deed, write_down};
use crate::moment;
use clap::{Args, Subcommand};
use gatewright_capabilities::SystemClock;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::store::StoredKey;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_signing::{Overlap, Rotated};
use serde_json::json;
use std::io::Write;

/// Signing keys: list, rotate.
#[derive(Debug, Args)]
pub(super) struct KeysArguments {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// List the keys: which sign, which will, which still verify
    List(ListArguments),
    /// Replace keys before it is their time
    ///
    /// The new key is published at once and signs when keys.overlap_days have passed, so that every client knows it by
    /// then; the old one verifies for as long again. A running server sees it within seconds.
    Rotate(RotateArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct RotateArguments {
    #[command(flatten)]
    target: Target,
    /// Only the key of this algorithm; may be given several times
    #[arg(long = "algorithm", value_name = "ALG")]
    algorithms: Vec<JwsAlgorithm>,
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
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let keys = storage.stores().keys.list().await?;
    let now = SystemClock.now();
    if arguments.json {
        let shown = |key: &StoredKey| {
            json!({
                "kid": key.id.as_str(),
                "algorithm": key.algorithm,
                "state": state(key, now),
                "created_at": key.created_at,
                "signs_from": key.signs_from,
                "retired_at": key.retired_at,
                "drops_at": key.drops_at,
            })
        };
        return write_json(out, &json!({ "keys": keys.iter().map(shown).collect::<Vec<_>>() }));
    }
    let mut rows = vec![["KEY", "ALGORITHM", "STATE", "SIGNS FROM (UTC)", "PUBLISHED UNTIL"].map(str::to_owned)];
    rows.extend(keys.iter().map(|key| {
        let until = key.drops_at.map_or_else(|| "-".to_owned(), moment::shown);
        let signs_from = moment::shown(key.signs_from);
        [key.id.to_string(), key.algorithm.to_string(), state(key, now).to_owned(), signs_from, until]
    }));
    Ok(write_rows(out, &rows)?)
}

/// What a key is good for at a moment.
fn state(key: &StoredKey, now: Timestamp) -> &'static str {
    let is_past = |date: Option<Timestamp>| date.is_some_and(|date| date <= now);
    if is_past(key.drops_at) {
        "dropped"
    } else if is_past(key.retired_at) {
        "verifies"
    } else if key.signs_from > now {
        "next"
    } else {
        "signs"
    }
}

async fn rotate(arguments: &RotateArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let assembly = opened::assembly(&configuration).await?;
    let overlap = if arguments.stolen { Overlap::NONE } else { configuration.keys.schedule().overlap };
    let asked = if arguments.algorithms.is_empty() { &configuration.keys.algorithms } else { &arguments.algorithms };
    let mut made = Vec::new();
    for &algorithm in asked {
        let kid = match assembly.keyring.rotate(algorithm, overlap).await? {
            Rotated::Here(kid) => Some(kid.to_string()),
            Rotated::Elsewhere => None,
        };
        if let Some(kid) = &kid {
            let detail = json!({ "algorithm": algorithm, "stolen": arguments.stolen });
            write_down(&assembly.stores, Deed { action: "keys.rotate", target: kid, detail }).await?;
        }
        made.push((algorithm, kid));
    }
    if arguments.json {
        let shown = made.iter().map(|(algorithm, kid)| json!({ "algorithm": algorithm, "kid": kid }));
        return write_json(out, &json!({ "rotated": shown.collect::<Vec<_>>() }));
    }
    for (algorithm, kid) in made {
        match kid {
            Some(kid) => writeln!(out, "{algorithm}: the new key is {kid}")?,
            None => {
                writeln!(out, "{algorithm}: another node rotated at this moment; `gatewright keys list` shows its key")?
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::identifiers::KeyId;

    #[test]
    fn a_key_is_next_then_signs_then_verifies_then_is_dropped() {
        let key = StoredKey {
            id: KeyId::parse("k").unwrap(),
            algorithm: JwsAlgorithm::ES256,
            sealed_jwk: String::new(),
            created_at: Timestamp(0),
            signs_from: Timestamp(10),
            retired_at: Some(Timestamp(20)),
            drops_at: Some(Timestamp(30)),
        };
        let states = [9, 10, 19, 20, 29, 30].map(|now| state(&key, Timestamp(now)));
        assert_eq!(states, ["next", "signs", "signs", "verifies", "verifies", "dropped"]);
        let current = StoredKey { retired_at: None, drops_at: None, ..key };
        assert_eq!(state(&current, Timestamp(i64::MAX)), "signs");
    }
}
