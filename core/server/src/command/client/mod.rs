//! `gatewright client`: the clients, under the same rules as those that register themselves (RFC 7591).

mod add;
mod document;
mod look;

use super::error::CommandError;
use super::target::ServerTarget;
use super::write_json;
use crate::operations::Expected;
use add::AddArguments;
use clap::{Args, Subcommand};
use look::{ListArguments, ShowArguments};
use serde_json::json;
use std::io::Write;

/// Clients: add, list, show, rotate-secret, remove.
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
    /// Draw a new secret for a client; the old one works no longer
    RotateSecret(IdArguments),
    /// Remove a client and all that was issued to it
    Remove(IdArguments),
}

#[derive(Debug, Args)]
struct IdArguments {
    /// Its client_id
    id: String,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: ClientArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        ClientCommand::Add(arguments) => add::run(&arguments, out).await,
        ClientCommand::List(arguments) => look::list(&arguments, out).await,
        ClientCommand::Show(arguments) => look::show(&arguments, out).await,
        ClientCommand::RotateSecret(arguments) => rotate_secret(&arguments, out).await,
        ClientCommand::Remove(arguments) => remove(&arguments, out).await,
    }
}

async fn remove(arguments: &IdArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let id = &arguments.id;
    arguments.target.operations()?.remove_client(id, &Expected::Any).await?;
    if arguments.json {
        return write_json(out, &json!({ "removed": id }));
    }
    Ok(writeln!(out, "removed {id}; its codes and tokens work no longer")?)
}

async fn rotate_secret(arguments: &IdArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let client = arguments.target.operations()?.rotate_client_secret(&arguments.id, &Expected::Any).await?;
    if arguments.json {
        return write_json(out, &client);
    }
    let secret = client.client_secret.as_ref().map_or("", |secret| secret.expose());
    writeln!(out, "client_secret  {secret}")?;
    Ok(writeln!(out, "\nThe secret is shown this once: only its hash is kept. The old one works no longer.")?)
}
