//! `gatewright policy status`.

use super::operations::{Opened, short};
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::write_json;
use crate::moment;
use clap::Args;
use gatewright_domain::activation::{Activation, Node};
use gatewright_domain::clock::Clock;
use gatewright_domain::store::NODE_FORGOTTEN_S;
use gatewright_policy::activation::{ActivationError, NODE_GONE_S};
use serde_json::{Value, json};
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn status(arguments: &StatusArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let activations = &opened.operations.activations;
    let live = activations.store.live().await?.ok_or(ActivationError::NothingLive)?;
    let open = activations.store.open().await?;
    let refused = activations.refused_since(live.number).await?;
    let clock = activations.clock.as_ref();
    let nodes = activations.store.nodes(clock.now().minus(NODE_FORGOTTEN_S)).await?;
    if arguments.json {
        return write_json(
            out,
            &described(&Known { live: &live, open: open.as_ref(), refused: refused.as_ref() }, &nodes, clock),
        );
    }
    let Activation { number, proposal, decided_at, .. } = &live;
    let since = decided_at.map(moment::shown).unwrap_or_default();
    writeln!(
        out,
        "live        {} (activation {number}, {} by {}, since {since} UTC)",
        short(&proposal.digest),
        proposal.kind.name(),
        plain(&proposal.by)
    )?;
    if let Some(Activation { number, proposal, .. }) = &open {
        writeln!(out, "being asked {} (activation {number}, by {})", short(&proposal.digest), plain(&proposal.by))?;
    }
    if let Some((Activation { number, proposal, .. }, why)) = &refused {
        let (digest, by) = (short(&proposal.digest), plain(&proposal.by));
        writeln!(out, "refused     {digest} (activation {number}, {by}): {}", plain(first_line(why)))?;
        writeln!(out, "            Mend the folder; `gatewright policy check DIR` says all that is wrong with it.")?;
    }
    if nodes.is_empty() {
        return Ok(writeln!(out, "no server runs on this database")?);
    }
    writeln!(out)?;
    let mut rows = vec![["NODE", "BUNDLE", "ACTIVATION", "LAST BEAT", "STATE"].map(str::to_owned)];
    rows.extend(nodes.iter().map(|node| {
        let beat = format!("{} s ago", ago(node, clock));
        [
            plain(&node.name),
            short(&node.digest),
            node.activation.to_string(),
            beat,
            state(node, &live, clock).to_owned(),
        ]
    }));
    Ok(write_rows(out, &rows)?)
}

fn state(node: &Node, live: &Activation, clock: &dyn Clock) -> &'static str {
    if ago(node, clock) >= NODE_GONE_S {
        "gone: it did not say that it ends"
    } else if node.activation < live.number {
        "lags: its log says why"
    } else {
        "serves what is live"
    }
}

/// What the history has that counts now.
struct Known<'k> {
    live: &'k Activation,
    open: Option<&'k Activation>,
    refused: Option<&'k (Activation, String)>,
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn described(known: &Known<'_>, nodes: &[Node], clock: &dyn Clock) -> Value {
    let Known { live, open, refused } = known;
    let one = |one: &Activation| {
        json!({ "activation": one.number, "digest": one.proposal.digest.as_str(),
        "kind": one.proposal.kind.name(), "by": one.proposal.by, "decided_at": one.decided_at })
    };
    let node = |node: &Node| {
        json!({ "name": node.name, "digest": node.digest.as_str(), "activation": node.activation,
        "seen_s_ago": ago(node, clock), "gone": ago(node, clock) >= NODE_GONE_S, "lags": node.activation < live.number })
    };
    let refused = refused.map(|(activation, why)| {
        let mut told = one(activation);
        told["why"] = why.as_str().into();
        told
    });
    json!({ "live": one(live), "open": open.map(one), "folder_refused": refused, "nodes": nodes.iter().map(node).collect::<Vec<Value>>() })
}

/// How long ago a node beat, in seconds.
fn ago(node: &Node, clock: &dyn Clock) -> u64 {
    clock.now().since(node.seen_at)
}
