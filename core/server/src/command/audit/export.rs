//! `gatewright audit export`.

use crate::command::error::CommandError;
use crate::command::since::{Since, since};
use crate::command::target::ServerTarget;
use crate::operations::{AuditPage, PAGE_MAX};
use clap::Args;
use gatewright_domain::store::AuditPlace;
use std::io::{self, Write};

/// Print the audit log as JSON lines, the oldest first
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// No older than that, such as 12h or 7d; all without
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
}

pub(super) async fn run(arguments: &ExportArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let since_ms = arguments.since.map_or(0, Since::moment_ms);
    let mut place = Some(AuditPlace { since_ms, after: None });
    // A page is written before the next is read: however long the log is, no more of it is held.
    while let Some(from) = place {
        let AuditPage { entries, next } = operations.audit(&from, PAGE_MAX).await?;
        for entry in entries {
            serde_json::to_writer(&mut *out, &entry).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        place = next;
    }
    Ok(())
}
