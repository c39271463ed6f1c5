//! `gatewright client`: the clients, under the same rules as those that register themselves (RFC 7591).

mod add;
mod document;
mod look;

use super::error::CommandError;
use super::target::Target;
use super::{opened, write_json};
use crate::command::audited::{Deed, write_down};
use add::AddArguments;
use clap::{Args, Subcommand};
use gatewright_protocol::client_id::ClientId;
use look::{ListArguments, ShowArguments};
use serde_json::json;
use std::io::Write;

/// Clients: add, list, show, remove.
#[derive(Debug, Args)]
pub(super) struct ClientArguments {
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    Add(Box<AddArguments>),
    /// List the clients
    List(ListArguments),
    /// Show one client
    Show(ShowArguments),
    /// Remove a client and all that was issued to it
    Remove(RemoveArguments),
}

#[derive(Debug, Args)]
struct RemoveArguments {
    /// Its client_id
    id: String,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: ClientArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        ClientCommand::Add(arguments) => add::run(&arguments, out).await,
        ClientCommand::List(arguments) => look::list(&arguments, out).await,
        ClientCommand::Show(arguments) => look::show(&arguments, out).await,
        ClientCommand::Remove(arguments) => remove(&arguments, out).await,
    }
}

async fn remove(arguments: &RemoveArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let id = known_form(&arguments.id)?;
    if !storage.stores().clients.remove(&id).await? {
        return Err(CommandError::NoClient(arguments.id.clone()));
    }
    write_down(&storage.stores(), Deed::of("client.remove", id.as_str())).await?;
    if arguments.json {
        return write_json(out, &json!({ "removed": id }));
    }
    Ok(writeln!(out, "removed {id}; its codes and tokens work no longer")?)
}

/// The id, if any client could have it.
fn known_form(id: &str) -> Result<ClientId, CommandError> {
    ClientId::try_from(id).map_err(|_| CommandError::NoClient(id.to_owned()))
}
