//! `gatewright client add`.

use super::document::MetadataArguments;
use super::look::described;
use crate::command::audited::{Deed, write_down};
use crate::command::error::CommandError;
use crate::command::input::secret_in;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::{opened, write_json};
use clap::Args;
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_domain::secret::SecretText;
use gatewright_domain::token_hash::TokenHash;
use gatewright_engine::account::ACCOUNT_CLIENT;
use gatewright_protocol::client_id::ClientId;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Fewest characters of a secret that somebody thought up.
pub const SECRET_CHARS_MIN: usize = 16;
/// Most bytes of one.
pub const SECRET_BYTES_MAX: usize = 256;

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
    #[command(flatten)]
    metadata: MetadataArguments,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &AddArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let assembly = opened::assembly(&arguments.target.load()?).await?;
    let new = assembly
        .engine
        .build_client(arguments.metadata.verify_with(|metadata| assembly.engine.with_own_algorithm(metadata))?)?;
    let mut client = new.client;
    let mut secret = new.secret.map(|secret| SecretText::new(secret.0.into_text()));
    client.first_party = arguments.first_party;
    if let Some(id) = &arguments.id {
        client.id = id.clone();
    }
    if let Some(file) = &arguments.secret_file {
        let given = admit(secret_in(file)?)?;
        replace_secret(&mut client, &given)?;
        secret = Some(given);
    }
    // The account page's client is none of the store's, and no other goes by its name.
    if client.id.as_str() == ACCOUNT_CLIENT || assembly.stores.clients.find(&client.id).await?.is_some() {
        return Err(CommandError::ClientExists(client.id.to_string()));
    }
    assembly.stores.clients.save(&client).await?;
    write_down(&assembly.stores, Deed::of("client.add", client.id.as_str())).await?;
    tell(arguments.json, &client, secret.as_ref(), out)
}

fn admit(secret: SecretText) -> Result<SecretText, CommandError> {
    let text = secret.expose();
    if text.len() > SECRET_BYTES_MAX || text.chars().count() < SECRET_CHARS_MIN {
        return Err(CommandError::Secret("it has 16 characters at least and 256 bytes at most"));
    }
    // What a client secret is made of (RFC 6749 A.2).
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(CommandError::Secret("it has a character outside of visible ASCII"));
    }
    Ok(secret)
}

fn replace_secret(client: &mut Client, given: &SecretText) -> Result<(), CommandError> {
    match &mut client.authentication {
        ClientAuthentication::ClientSecretBasic { secret } | ClientAuthentication::ClientSecretPost { secret } => {
            *secret = TokenHash::of(given.expose());
            Ok(())
        }
        ClientAuthentication::ClientSecretJwt { .. } => {
            Err(CommandError::Secret("that of a client_secret_jwt client is a key, which the server draws"))
        }
        ClientAuthentication::None {} | ClientAuthentication::PrivateKeyJwt { .. } => {
            Err(CommandError::Secret("a client that authenticates in this way has none"))
        }
    }
}

fn tell(as_json: bool, client: &Client, secret: Option<&SecretText>, out: &mut dyn Write) -> Result<(), CommandError> {
    if as_json {
        let mut document = described(client);
        if let (Value::Object(members), Some(secret)) = (&mut document, secret) {
            members.insert("client_secret".to_owned(), json!(secret.expose()));
        }
        return write_json(out, &document);
    }
    let mut rows = vec![["client_id".to_owned(), client.id.to_string()]];
    if let Some(secret) = secret {
        rows.push(["client_secret".to_owned(), secret.expose().to_owned()]);
    }
    rows.push(["authentication".to_owned(), client.authentication.method().to_string()]);
    writeln!(out, "added {}\n", plain(client.display_name()))?;
    write_rows(out, &rows)?;
    if secret.is_some() {
        writeln!(out, "\nThe secret is shown this once: only its hash is kept.")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_can_be_guessed_or_sent_by_no_client_is_refused() {
        let table = [
            ("x".repeat(SECRET_CHARS_MIN), true),
            ("x".repeat(SECRET_CHARS_MIN - 1), false),
            ("x".repeat(SECRET_BYTES_MAX), true),
            ("x".repeat(SECRET_BYTES_MAX + 1), false),
            ("with space ~ and more".to_owned(), true),
            ("with\ttabulator and more".to_owned(), false),
            ("mit ümlaut und mehr".to_owned(), false),
            (String::new(), false),
        ];
        for (secret, accepted) in table {
            assert_eq!(admit(SecretText::new(secret.clone())).is_ok(), accepted, "{secret:?}");
        }
    }
}
