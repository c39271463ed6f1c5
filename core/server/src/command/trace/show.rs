//! `gatewright trace show`.

use super::{draw, list};
use crate::command::error::CommandError;
use crate::command::target::Target;
use crate::command::{opened, write_json};
use clap::Args;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::store::{Trace, TraceFilter, TraceStore};
use serde_json::json;
use std::io::Write;

/// Show a trace: every hook in order, what it decided and why, and how long the pages waited
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The trace, or the id that the log or an error page has of a fault in it
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &ShowArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let traces = storage.stores().traces;
    let trace = named(traces.as_ref(), &arguments.id).await?;
    let trace = trace.ok_or_else(|| CommandError::NoTrace(arguments.id.clone()))?;
    let after = TraceFilter { login: Some(trace.head.id.clone()), ..TraceFilter::default() };
    let after = traces.list(&after, draw::LATER_SHOWN_MAX).await?;
    if arguments.json {
        let mut shown = list::described(&trace.head);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("steps".to_owned(), json!(trace.steps));
            shown.insert("later".to_owned(), after.iter().map(list::described).collect());
        }
        return write_json(out, &shown);
    }
    Ok(draw::draw(out, &trace, &after)?)
}

/// The trace of that name, or the newest that met a fault of that correlation id.
async fn named(traces: &dyn TraceStore, id: &str) -> Result<Option<Trace>, Fault> {
    let Ok(trace) = TraceId::parse(id) else { return Ok(None) };
    if let Some(trace) = traces.find(&trace).await? {
        return Ok(Some(trace));
    }
    let filter = TraceFilter { correlation: Some(id.to_owned()), ..TraceFilter::default() };
    match traces.list(&filter, 1).await?.first() {
        Some(head) => traces.find(&head.id).await,
        None => Ok(None),
    }
}
