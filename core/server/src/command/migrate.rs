//! `gatewright migrate`.

use super::audited::{Deed, write_down};
use super::error::CommandError;
use super::target::Target;
use super::{opened, write_json};
use clap::Args;
use serde_json::json;
use std::io::Write;

/// Bring the database's schema up to date.
///
/// Safe while servers run and on several nodes at once; a schema serves the release before it as well. Back the
/// database up first.
#[derive(Debug, Args)]
pub(super) struct MigrateArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &MigrateArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let storage = opened::storage(&configuration)?;
    let applied = storage.migrate()?;
    if let Some(last) = applied.last() {
        let deed = Deed { detail: json!({ "applied": applied }), ..Deed::of("database.migrate", last) };
        write_down(&storage.stores(), deed).await?;
    }
    if arguments.json {
        return write_json(out, &json!({ "applied": applied }));
    }
    for step in &applied {
        writeln!(out, "applied {step}")?;
    }
    Ok(writeln!(out, "{} is up to date", configuration.database.url)?)
}
