//! `gatewright policy history` and `gatewright policy list`.

use super::operations::{Opened, short};
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::write_json;
use crate::moment;
use clap::Args;
use gatewright_domain::activation::{Activation, ActivationState, PushedBundle};
use gatewright_domain::identifiers::BundleDigest;
use serde_json::{Value, json};
use std::io::Write;

/// Most of a reason that fits a line of a table, in characters.
const WHY_CHARS: usize = 60;

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// Show at most so many
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document, with the whole reasons
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Show at most so many
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn history(arguments: &HistoryArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let history = opened.stores.activations.history(arguments.limit.into()).await?;
    let live = opened.stores.activations.live().await?.map(|live| live.number);
    if arguments.json {
        let told: Vec<Value> = history.iter().map(|one| described(one, live)).collect();
        return write_json(out, &json!({ "activations": told }));
    }
    if history.is_empty() {
        return Ok(writeln!(out, "nothing was live yet: start the server once, gatewright serve")?);
    }
    let mut rows = vec![["", "WHEN (UTC)", "BUNDLE", "KIND", "BY", "STATE", "NOTE"].map(str::to_owned)];
    rows.extend(history.iter().map(|one| row(one, live)));
    Ok(write_rows(out, &rows)?)
}

fn row(activation: &Activation, live: Option<u64>) -> [String; 7] {
    let proposal = &activation.proposal;
    let said = match &activation.state {
        ActivationState::Refused { why } => why.chars().take(WHY_CHARS).collect(),
        _ => proposal.note.clone().unwrap_or_default(),
    };
    [
        activation.number.to_string(),
        moment::shown(activation.proposed_at),
        short(&proposal.digest),
        proposal.kind.name().to_owned(),
        plain(&proposal.by),
        state(activation, live).to_owned(),
        plain(&said),
    ]
}

fn state(activation: &Activation, live: Option<u64>) -> &'static str {
    match activation.state {
        ActivationState::Proposed => "being decided",
        ActivationState::Live if live == Some(activation.number) => "live",
        ActivationState::Live => "was live",
        ActivationState::Refused { .. } => "refused",
    }
}

fn described(activation: &Activation, live: Option<u64>) -> Value {
    let proposal = &activation.proposal;
    let why = match &activation.state {
        ActivationState::Refused { why } => Some(why),
        _ => None,
    };
    json!({
        "number": activation.number,
        "digest": proposal.digest.as_str(),
        "kind": proposal.kind.name(),
        "by": proposal.by,
        "note": proposal.note,
        "proposed_at": activation.proposed_at,
        "decided_at": activation.decided_at,
        "state": state(activation, live).replace(' ', "_"),
        "why": why,
    })
}

pub(super) async fn list(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let pushed = opened.stores.activations.list(arguments.limit.into()).await?;
    let live = opened.stores.activations.live().await?.map(|live| live.proposal.digest);
    let is_live = |digest: &BundleDigest| live.as_ref() == Some(digest);
    if arguments.json {
        let described = |one: &PushedBundle| {
            json!({ "digest": one.digest.as_str(), "name": one.name, "author": one.author,
            "note": one.note, "pushed_at": one.pushed_at, "live": is_live(&one.digest) })
        };
        return write_json(out, &json!({ "bundles": pushed.iter().map(described).collect::<Vec<Value>>() }));
    }
    if pushed.is_empty() {
        return Ok(writeln!(out, "nothing was pushed yet: gatewright policy push DIR")?);
    }
    let mut rows = vec![["BUNDLE", "NAME", "AUTHOR", "PUSHED (UTC)", "STATE", "NOTE"].map(str::to_owned)];
    rows.extend(pushed.iter().map(|one| {
        let text = |text: &Option<String>| plain(text.as_deref().unwrap_or("-"));
        let state = if is_live(&one.digest) { "live" } else { "-" };
        let pushed_at = moment::shown(one.pushed_at);
        [short(&one.digest), text(&one.name), plain(&one.author), pushed_at, state.to_owned(), text(&one.note)]
    }));
    Ok(write_rows(out, &rows)?)
}
