//! `gatewright client list` and `show`.

use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{ClientDocument, Operations, PAGE_MAX, PageRequest};
use clap::Args;
use serde_json::json;
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// Its client_id
    id: String,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let clients = all(arguments.target.operations()?.as_ref()).await?;
    if arguments.json {
        return write_json(out, &json!({ "clients": clients }));
    }
    let mut rows = vec![["CLIENT", "NAME", "AUTHENTICATION", "GRANTS"].map(str::to_owned)];
    rows.extend(clients.iter().map(|client| {
        let name = match client.text("client_name") {
            "" => "-".to_owned(),
            name => plain(name),
        };
        let method = client.text("token_endpoint_auth_method").to_owned();
        [plain(client.client_id.as_str()), name, method, client.texts("grant_types").join(" ")]
    }));
    Ok(write_rows(out, &rows)?)
}

async fn all(operations: &dyn Operations) -> Result<Vec<ClientDocument>, CommandError> {
    let mut clients: Vec<ClientDocument> = Vec::new();
    loop {
        let after = clients.last().map(|client| client.client_id.to_string());
        let page = operations.clients(&PageRequest { after, limit: PAGE_MAX }).await?;
        clients.extend(page.items);
        if page.next.is_none() {
            return Ok(clients);
        }
    }
}

pub(super) async fn show(arguments: &ShowArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let client = arguments.target.operations()?.client(&arguments.id).await?;
    if arguments.json {
        return write_json(out, &client);
    }
    Ok(write_rows(out, &rows(&client))?)
}

fn rows(client: &ClientDocument) -> Vec<[String; 2]> {
    let mut rows = vec![
        ("client_id", client.client_id.to_string()),
        ("name", client.text("client_name").to_owned()),
        ("authentication", client.text("token_endpoint_auth_method").to_owned()),
        ("redirect URIs", client.texts("redirect_uris").join("\n")),
        ("after logout", client.texts("post_logout_redirect_uris").join("\n")),
        ("grants", client.texts("grant_types").join(" ")),
        ("responses", client.texts("response_types").join(", ")),
        ("scope", client.text("scope").to_owned()),
        ("admin scope", client.admin_scope.to_string()),
        ("ID tokens", client.text("id_token_signed_response_alg").to_owned()),
        ("access tokens", client.text("access_token_format").to_owned()),
        ("subjects", client.text("subject_type").to_owned()),
        ("first party", if client.first_party { "yes: consent is not asked" } else { "no" }.to_owned()),
        ("registered", format!("{} UTC", moment::shown(client.client_id_issued_at))),
    ];
    rows.retain(|(_, value)| !value.is_empty());
    let lines = rows.iter().flat_map(|(name, value)| {
        let names = std::iter::once(*name).chain(std::iter::repeat(""));
        names.zip(value.lines()).map(|(name, line)| [name.to_owned(), plain(line)])
    });
    lines.collect()
}
