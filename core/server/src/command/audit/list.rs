//! `gatewright audit list`.

use crate::command::error::CommandError;
use crate::command::since::{Since, since};
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{AuditPage, PAGE_MAX};
use clap::Args;
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::store::AuditPlace;
use serde_json::json;
use std::collections::VecDeque;
use std::io::Write;

/// List the newest entries of the audit log, the oldest of them first
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// No older than that, such as 30m, 12h or 7d
    #[arg(long, value_name = "TIME", value_parser = since, default_value = "7d")]
    since: Since,
    /// Of this action alone, such as client.add, or of all that begin so, such as client
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let mut place = Some(AuditPlace { since_ms: arguments.since.moment_ms(), after: None });
    let mut newest: VecDeque<AuditEntry> = VecDeque::new();
    while let Some(from) = place {
        let AuditPage { entries, next } = operations.audit(&from, PAGE_MAX).await?;
        let meant =
            |entry: &AuditEntry| arguments.action.as_ref().is_none_or(|action| entry.action.starts_with(action));
        newest.extend(entries.into_iter().filter(meant));
        newest.drain(..newest.len().saturating_sub(arguments.limit));
        place = next;
    }
    if arguments.json {
        return write_json(out, &json!({ "entries": newest }));
    }
    let mut rows = vec![["AT (UTC)", "WHO", "ACTION", "TARGET", "OUTCOME"].map(str::to_owned)];
    rows.extend(newest.iter().map(|entry| {
        [
            moment::exact(entry.at_ms),
            plain(&entry.actor.to_string()),
            plain(&entry.action),
            plain(if entry.target.is_empty() { "-" } else { &entry.target }),
            entry.outcome.name().to_owned(),
        ]
    }));
    Ok(write_rows(out, &rows)?)
}
