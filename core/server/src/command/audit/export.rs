//! `gatewright audit export`.

use super::page;
use crate::command::error::CommandError;
use crate::command::opened;
use crate::command::since::{Since, since};
use crate::command::target::Target;
use clap::Args;
use gatewright_domain::store::AuditPlace;
use std::io::{self, Write};

/// Print the audit log as JSON lines, the oldest first
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    target: Target,
    /// No older than that, such as 12h or 7d; all without
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
}

pub(super) async fn run(arguments: &ExportArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let store = storage.stores().audit;
    let mut place = AuditPlace { since_ms: arguments.since.map_or(0, Since::moment_ms), after: None };
    loop {
        let entries = page(store.as_ref(), &mut place).await?;
        if entries.is_empty() {
            return Ok(());
        }
        for entry in entries {
            serde_json::to_writer(&mut *out, &entry).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
}
