//! `gatewright policy status`.

use super::operations::short;
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{ActivationDocument, NodeDocument, PolicyStatus, ProblemKind};
use clap::Args;
use gatewright_policy::activation::ActivationError;
use serde_json::{Value, json};
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn status(arguments: &StatusArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let PolicyStatus { live, open, folder_refused, nodes } = arguments.target.operations()?.policy_status().await?;
    let live = live.ok_or_else(|| ProblemKind::NothingLive.says(ActivationError::NothingLive.to_string()))?;
    if arguments.json {
        let told = json!({ "live": described(&live), "open": open.as_ref().map(described),
            "folder_refused": folder_refused.as_ref().map(refused), "nodes": nodes });
        return write_json(out, &told);
    }
    let since = live.decided_at.map(moment::shown).unwrap_or_default();
    let (number, kind, by) = (live.number, plain(&live.kind), plain(&live.by));
    let digest = short(&live.digest);
    writeln!(out, "live        {digest} (activation {number}, {kind} by {by}, since {since} UTC)")?;
    if let Some(ActivationDocument { number, digest, by, .. }) = &open {
        writeln!(out, "being asked {} (activation {number}, by {})", short(digest), plain(by))?;
    }
    if let Some(ActivationDocument { number, digest, by, why, .. }) = &folder_refused {
        let why = why.as_deref().and_then(|why| why.lines().next()).unwrap_or_default();
        writeln!(out, "refused     {} (activation {number}, {}): {}", short(digest), plain(by), plain(why))?;
        writeln!(out, "            Mend the folder; `gatewright policy check DIR` says all that is wrong with it.")?;
    }
    if nodes.is_empty() {
        return Ok(writeln!(out, "no server runs on this database")?);
    }
    writeln!(out)?;
    let mut rows = vec![["NODE", "BUNDLE", "ACTIVATION", "LAST BEAT", "STATE"].map(str::to_owned)];
    rows.extend(nodes.iter().map(|node| {
        let beat = format!("{} s ago", node.seen_s_ago);
        [plain(&node.name), short(&node.digest), node.activation.to_string(), beat, state(node).to_owned()]
    }));
    Ok(write_rows(out, &rows)?)
}

fn state(node: &NodeDocument) -> &'static str {
    match (node.gone, node.lags) {
        (true, _) => "gone: it did not say that it ends",
        (false, true) => "lags: its log says why",
        (false, false) => "serves what is live",
    }
}

fn described(one: &ActivationDocument) -> Value {
    json!({ "activation": one.number, "digest": one.digest, "kind": one.kind, "by": one.by,
        "decided_at": one.decided_at })
}

fn refused(one: &ActivationDocument) -> Value {
    let mut told = described(one);
    told["why"] = one.why.clone().into();
    told
}
