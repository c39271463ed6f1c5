//! `gatewright client list` and `show`.

use super::known_form;
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::{opened, write_json};
use crate::moment;
use clap::Args;
use gatewright_domain::client::Client;
use gatewright_domain::store::ClientStore;
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::Write;

/// Clients read from the database at once.
const PAGE: usize = 500;

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// Its client_id
    id: String,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let clients = all(storage.stores().clients.as_ref()).await?;
    if arguments.json {
        let shown: Vec<Value> = clients.iter().map(described).collect();
        return write_json(out, &json!({ "clients": shown }));
    }
    let mut rows = vec![["CLIENT", "NAME", "AUTHENTICATION", "GRANTS"].map(str::to_owned)];
    rows.extend(clients.iter().map(|client| {
        let name = plain(client.presentation.name.as_deref().unwrap_or("-"));
        [plain(client.id.as_str()), name, client.authentication.method().to_string(), listed(&client.grant_types, " ")]
    }));
    Ok(write_rows(out, &rows)?)
}

async fn all(store: &dyn ClientStore) -> Result<Vec<Client>, CommandError> {
    let mut clients: Vec<Client> = Vec::new();
    loop {
        let page = store.list(clients.last().map(|client| &client.id), PAGE).await?;
        let is_last = page.len() < PAGE;
        clients.extend(page);
        if is_last {
            return Ok(clients);
        }
    }
}

pub(super) async fn show(arguments: &ShowArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let found = storage.stores().clients.find(&known_form(&arguments.id)?).await?;
    let client = found.ok_or_else(|| CommandError::NoClient(arguments.id.clone()))?;
    if arguments.json {
        return write_json(out, &described(&client));
    }
    Ok(write_rows(out, &rows(&client))?)
}

/// A client for machines: what is registered, and what only the operator sets. No hash of anything.
pub(super) fn described(client: &Client) -> Value {
    let mut document = client.registered_metadata.clone().unwrap_or_default();
    document.insert("client_id".into(), json!(client.id));
    document.insert("client_id_issued_at".into(), json!(client.issued_at));
    document.insert("first_party".into(), json!(client.first_party));
    document.insert("registered_itself".into(), json!(client.registration_token.is_some()));
    Value::Object(document)
}

fn rows(client: &Client) -> Vec<[String; 2]> {
    let tokens = &client.tokens;
    let mut rows = vec![
        ("client_id", client.id.to_string()),
        ("name", client.presentation.name.clone().unwrap_or_default()),
        ("authentication", client.authentication.method().to_string()),
        ("redirect URIs", listed(&client.redirect_uris, "\n")),
        ("after logout", listed(&client.post_logout_redirect_uris, "\n")),
        ("grants", listed(&client.grant_types, " ")),
        ("responses", listed(&client.response_types, ", ")),
        ("scope", client.scope.to_string()),
        ("ID tokens", tokens.id_token_algorithm.to_string()),
        ("access tokens", format!("{:?}", tokens.access_token_format).to_lowercase()),
        ("subjects", client.subject_type.to_string()),
        ("first party", if client.first_party { "yes: consent is not asked" } else { "no" }.to_owned()),
        ("registered", format!("{} UTC", moment::shown(client.issued_at))),
    ];
    rows.retain(|(_, value)| !value.is_empty());
    let lines = rows.iter().flat_map(|(name, value)| {
        let names = std::iter::once(*name).chain(std::iter::repeat(""));
        names.zip(value.lines()).map(|(name, line)| [name.to_owned(), plain(line)])
    });
    lines.collect()
}

fn listed(values: &[impl Display], between: &str) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
