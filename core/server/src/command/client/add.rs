//! `gatewright client add`.

use super::document::MetadataArguments;
use crate::command::error::CommandError;
use crate::command::input::secret_in;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::{ClientDocument, NewClient};
use clap::Args;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use std::io::Write;
use std::path::PathBuf;

/// Add a client
///
/// A confidential client gets a secret, which is shown this once. A client of your own that end-users need not be asked
/// about is a first party.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// Its client_id; drawn by default
    #[arg(long, value_name = "ID")]
    id: Option<ClientId>,
    /// Its secret is the first line of this file, - for standard input; drawn by default
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Consent is not asked: one of your own
    #[arg(long)]
    first_party: bool,
    /// What it may do by the admin API, in values separated by spaces: gatewright.admin, gatewright.users.read, … It gets
    /// tokens for that with client_credentials
    #[arg(long, value_name = "SCOPE")]
    admin_scope: Option<Scope>,
    #[command(flatten)]
    metadata: MetadataArguments,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &AddArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let metadata = arguments.metadata.document()?;
    let operations = arguments.target.operations()?;
    let new = NewClient {
        client_id: arguments.id.clone(),
        client_secret: arguments.secret_file.as_deref().map(secret_in).transpose()?,
        first_party: arguments.first_party,
        admin_scope: arguments.admin_scope.clone().unwrap_or_default(),
        metadata,
    };
    let client = operations.add_client(new).await?;
    if arguments.json {
        return write_json(out, &client);
    }
    tell(&client, out)
}

fn tell(client: &ClientDocument, out: &mut dyn Write) -> Result<(), CommandError> {
    let mut rows = vec![["client_id".to_owned(), client.client_id.to_string()]];
    if let Some(secret) = &client.client_secret {
        rows.push(["client_secret".to_owned(), secret.expose().to_owned()]);
    }
    rows.push(["authentication".to_owned(), client.text("token_endpoint_auth_method").to_owned()]);
    if !client.admin_scope.is_empty() {
        rows.push(["admin scope".to_owned(), client.admin_scope.to_string()]);
    }
    writeln!(out, "added {}\n", plain(client.display_name()))?;
    write_rows(out, &rows)?;
    if client.client_secret.is_some() {
        writeln!(out, "\nThe secret is shown this once: only its hash is kept.")?;
    }
    Ok(())
}
