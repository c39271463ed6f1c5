//! `gatewright policy activate` and `gatewright policy rollback`.

use super::operations::{Asked, Opened, short};
use crate::command::audited::{Deed, write_down};
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::write_json;
use clap::Args;
use gatewright_domain::activation::{Activation, ActivationKind, Node};
use gatewright_policy::activation::Order;
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

/// How long is waited until every node serves what is live.
const FOLLOW: Duration = Duration::from_secs(5);

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
    target: Target,
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
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What went live, and who follows.
pub(super) struct WentLive {
    activation: Activation,
    nodes: Vec<Node>,
    /// From its decision until every node followed, or until it was waited no longer.
    took: Duration,
    /// Whether another was live before.
    changed: bool,
}

pub(super) async fn activate(arguments: &ActivateArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let (by, note) = (arguments.asked.by()?, arguments.asked.note()?);
    let opened = Opened::of(&arguments.target.load()?)?;
    let digest = opened.operations.named(&arguments.digest).await?;
    let order = Order { digest, kind: ActivationKind::Activate, by, note, within_s: arguments.asked.within };
    report(&put_live(&opened, &order).await?, arguments.json, out)
}

pub(super) async fn roll_back(arguments: &RollbackArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let (by, note) = (arguments.asked.by()?, arguments.asked.note()?);
    let opened = Opened::of(&arguments.target.load()?)?;
    let digest = match &arguments.to {
        Some(name) => opened.operations.named(name).await?,
        None => opened.operations.before().await?,
    };
    let order = Order { digest, kind: ActivationKind::Rollback, by, note, within_s: arguments.asked.within };
    let activation = opened.operations.roll_back(&order).await?;
    write_order_down(&opened, "policy.rollback", &order, &activation).await?;
    report(&followed(&opened, activation, true).await?, arguments.json, out)
}

/// Puts a bundle live and waits for the nodes.
pub(super) async fn put_live(opened: &Opened, order: &Order) -> Result<WentLive, CommandError> {
    let before = opened.stores.activations.live().await?.map(|live| live.number);
    let activation = opened.operations.activate(order).await?;
    write_order_down(opened, "policy.activate", order, &activation).await?;
    let changed = before != Some(activation.number);
    followed(opened, activation, changed).await
}

async fn write_order_down(
    opened: &Opened,
    action: &str,
    order: &Order,
    activation: &Activation,
) -> Result<(), CommandError> {
    let detail = json!({ "activation": activation.number, "note": order.note });
    let deed = Deed { by: Some(&order.by), detail, ..Deed::of(action, order.digest.as_str()) };
    write_down(&opened.stores, deed).await
}

async fn followed(opened: &Opened, activation: Activation, changed: bool) -> Result<WentLive, CommandError> {
    let begin = Instant::now();
    let nodes = opened.operations.activations.followed(activation.number, FOLLOW).await?;
    Ok(WentLive { activation, nodes, took: begin.elapsed(), changed })
}

/// Tells what went live.
pub(super) fn report(live: &WentLive, as_json: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    let WentLive { activation, nodes, took, changed } = live;
    let (number, digest) = (activation.number, &activation.proposal.digest);
    let follows = |node: &Node| node.activation >= number;
    if as_json {
        let nodes: Vec<Value> =
            nodes.iter().map(|node| json!({ "name": node.name, "follows": follows(node) })).collect();
        let told = json!({ "activation": number, "digest": digest.as_str(), "changed": changed, "nodes": nodes,
            "followed_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX) });
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
    let row = |node: &Node| {
        let word =
            if follows(node) { "serves it" } else { "does not serve it yet; `gatewright policy status` shows it" };
        [format!("  {}", plain(&node.name)), word.to_owned()]
    };
    write_rows(out, &nodes.iter().map(row).collect::<Vec<_>>())?;
    Ok(())
}
