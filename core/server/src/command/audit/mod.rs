//! `gatewright audit`: what administrators did, and what happened to accounts.

mod export;
mod list;

use super::error::CommandError;
use clap::{Args, Subcommand};
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{AUDIT_LISTED_MAX, AuditPlace, AuditStore};
use std::io::Write;

/// What administrators did: list, export.
#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    List(list::ListArguments),
    Export(export::ExportArguments),
}

pub(super) async fn run(arguments: AuditArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        AuditCommand::List(arguments) => list::run(&arguments, out).await,
        AuditCommand::Export(arguments) => export::run(&arguments, out).await,
    }
}

/// The next entries from a place on, and where to read on after them.
async fn page(store: &dyn AuditStore, place: &mut AuditPlace) -> Result<Vec<AuditEntry>, Fault> {
    let entries = store.list(place, AUDIT_LISTED_MAX).await?;
    if let Some(last) = entries.last() {
        *place = AuditPlace { since_ms: last.at_ms, after: Some(last.id.clone()) };
    }
    Ok(entries)
}
