//! `gatewright trace show`.

use super::{draw, list};
use crate::command::error::CommandError;
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::{Operations, TraceQuery};
use clap::Args;
use gatewright_domain::store::{Trace, TraceFilter};
use serde_json::json;
use std::io::Write;

/// Show a trace: every hook in order, what it decided and why, and how long the pages waited
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The trace, or the id that the log or an error page has of a fault in it
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &ShowArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let trace = named(operations.as_ref(), &arguments.id).await?;
    let trace = trace.ok_or_else(|| CommandError::NoTrace(arguments.id.clone()))?;
    let after = TraceFilter { login: Some(trace.head.id.clone()), ..TraceFilter::default() };
    let after = operations.traces(&TraceQuery { user: None, filter: after }, draw::LATER_SHOWN_MAX).await?;
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
async fn named(operations: &dyn Operations, id: &str) -> Result<Option<Trace>, CommandError> {
    if let Some(trace) = operations.trace(id).await? {
        return Ok(Some(trace));
    }
    let filter = TraceFilter { correlation: Some(id.to_owned()), ..TraceFilter::default() };
    match operations.traces(&TraceQuery { user: None, filter }, 1).await?.first() {
        Some(head) => Ok(operations.trace(head.id.as_str()).await?),
        None => Ok(None),
    }
}
