//! `gatewright policy history` and `gatewright policy list`.

use super::operations::short;
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{ActivationDocument, PolicyDocument};
use clap::Args;
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
    target: ServerTarget,
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
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn history(arguments: &HistoryArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let history = arguments.target.operations()?.policy_history(arguments.limit.into()).await?;
    if arguments.json {
        let told: Vec<Value> = history.iter().map(described).collect();
        return write_json(out, &json!({ "activations": told }));
    }
    if history.is_empty() {
        return Ok(writeln!(out, "nothing was live yet: start the server once, gatewright serve")?);
    }
    let mut rows = vec![["", "WHEN (UTC)", "BUNDLE", "KIND", "BY", "STATE", "NOTE"].map(str::to_owned)];
    rows.extend(history.iter().map(row));
    Ok(write_rows(out, &rows)?)
}

fn row(activation: &ActivationDocument) -> [String; 7] {
    let said = match &activation.why {
        Some(why) => why.chars().take(WHY_CHARS).collect(),
        None => activation.note.clone().unwrap_or_default(),
    };
    [
        activation.number.to_string(),
        moment::shown(activation.proposed_at),
        short(&activation.digest),
        plain(&activation.kind),
        plain(&activation.by),
        plain(&state(activation).replace('_', " ")),
        plain(&said),
    ]
}

fn state(activation: &ActivationDocument) -> &str {
    match activation.state.as_str() {
        "proposed" => "being_decided",
        other => other,
    }
}

fn described(activation: &ActivationDocument) -> Value {
    let mut document = json!(activation);
    document["state"] = state(activation).into();
    document
}

pub(super) async fn list(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let pushed = arguments.target.operations()?.policies(arguments.limit.into()).await?;
    if arguments.json {
        return write_json(out, &json!({ "bundles": pushed }));
    }
    if pushed.is_empty() {
        return Ok(writeln!(out, "nothing was pushed yet: gatewright policy push DIR")?);
    }
    let mut rows = vec![["BUNDLE", "NAME", "AUTHOR", "PUSHED (UTC)", "STATE", "NOTE"].map(str::to_owned)];
    rows.extend(pushed.iter().map(|one: &PolicyDocument| {
        let text = |text: &Option<String>| plain(text.as_deref().unwrap_or("-"));
        let state = if one.live { "live" } else { "-" };
        let pushed_at = moment::shown(one.pushed_at);
        [short(&one.digest), text(&one.name), plain(&one.author), pushed_at, state.to_owned(), text(&one.note)]
    }));
    Ok(write_rows(out, &rows)?)
}
