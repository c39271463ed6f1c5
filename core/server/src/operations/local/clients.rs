//! Clients.

use super::Local;
use crate::operations::client::{ClientChange, ClientDocument, NewClient, version_of};
use crate::operations::page::{Expected, Page, PageRequest};
use crate::operations::{ClientOperations, OperationError, Outcome, ProblemKind};
use async_trait::async_trait;
use gatewright_domain::admin_scope::{ADMIN_SCOPES, BOOTSTRAP_CLIENT};
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_domain::secret::SecretText;
use gatewright_domain::token_hash::TokenHash;
use gatewright_engine::account::ACCOUNT_CLIENT;
use gatewright_engine::registration::ClientSecret;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::registration::metadata::ClientMetadata;
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Fewest characters of a secret that somebody thought up.
pub const SECRET_CHARS_MIN: usize = 16;
/// Most bytes of one.
pub const SECRET_BYTES_MAX: usize = 256;
/// What a document says of a client that is no metadata: whoever sends back what they read sends these too.
const SAID_BY_THE_SERVER: [&str; 5] =
    ["client_id", "client_secret", "client_id_issued_at", "registered_itself", "version"];

#[async_trait]
impl ClientOperations for Local {
    async fn clients(&self, page: &PageRequest) -> Outcome<Page<ClientDocument>> {
        let after = match page.after.as_deref().map(ClientId::try_from) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => return ProblemKind::BadRequest.refuse("cursor is not the `next` of a page of clients"),
        };
        let clients = self.stores.clients.list(after.as_ref(), page.and_one()).await?;
        Ok(page.of(clients, |client| client.id.to_string(), ClientDocument::of))
    }

    async fn client(&self, id: &str) -> Outcome<ClientDocument> {
        Ok(ClientDocument::of(&*self.stored_client(id).await?))
    }

    async fn add_client(&self, new: NewClient) -> Outcome<ClientDocument> {
        let built = self.server().await?.engine.vouched_client(metadata_in(new.metadata)?).await?;
        let mut client = built.client;
        let mut secret = built.secret.map(shown);
        client.first_party = new.first_party;
        client.admin_scope = new.admin_scope;
        if let Some(id) = new.client_id {
            client.id = id;
        }
        if let Some(given) = new.client_secret {
            admit_secret(&given)?;
            replace_secret(&mut client, &given)?;
            secret = Some(given);
        }
        admit_admin_scope(&client)?;
        // The clients of the account page and of the bootstrap token are none of the store's: no other goes by their names.
        if [ACCOUNT_CLIENT, BOOTSTRAP_CLIENT].contains(&client.id.as_str())
            || self.stores.clients.find(&client.id).await?.is_some()
        {
            return ProblemKind::ClientExists.refuse(format!("there is a client {} already", client.id));
        }
        self.stores.clients.save(&client).await?;
        self.audit("client.add", client.id.as_str(), Value::Null).await?;
        Ok(ClientDocument { client_secret: secret, ..ClientDocument::of(&client) })
    }

    async fn replace_client(&self, id: &str, change: ClientChange, expected: &Expected) -> Outcome<ClientDocument> {
        let old = self.stored_client(id).await?;
        let named = change.metadata.get("client_id").and_then(Value::as_str);
        if named.is_some_and(|named| named != old.id.as_str()) {
            return ProblemKind::ClientRefused.refuse("the client is not accepted: client_id cannot be changed");
        }
        let built = self.server().await?.engine.rebuilt_client(&old, metadata_in(change.metadata)?).await?;
        let mut client = built.client;
        client.first_party = change.first_party.unwrap_or(old.first_party);
        client.admin_scope = change.admin_scope.unwrap_or_else(|| old.admin_scope.clone());
        admit_admin_scope(&client)?;
        expected.admit(&version_of(&old))?;
        self.put_in_place(&old, &client).await?;
        self.audit("client.replace", id, Value::Null).await?;
        Ok(ClientDocument { client_secret: built.secret.map(shown), ..ClientDocument::of(&client) })
    }

    async fn rotate_client_secret(&self, id: &str, expected: &Expected) -> Outcome<ClientDocument> {
        let old = self.stored_client(id).await?;
        expected.admit(&version_of(&old))?;
        let Some(built) = self.server().await?.engine.with_new_secret(&old)? else {
            return ProblemKind::Secret.refuse("the client authenticates without a secret, so there is none to rotate");
        };
        self.put_in_place(&old, &built.client).await?;
        self.audit("client.rotate_secret", id, Value::Null).await?;
        Ok(ClientDocument { client_secret: built.secret.map(shown), ..ClientDocument::of(&built.client) })
    }

    async fn remove_client(&self, id: &str, expected: &Expected) -> Outcome<()> {
        let old = self.stored_client(id).await?;
        expected.admit(&version_of(&old))?;
        match self.stores.clients.remove(&old.id).await? {
            true => self.audit("client.remove", id, Value::Null).await,
            false => Err(missing(id)),
        }
    }
}

impl Local {
    async fn stored_client(&self, id: &str) -> Outcome<Arc<Client>> {
        let known = ClientId::try_from(id).map_err(|_| missing(id))?;
        self.stores.clients.find(&known).await?.ok_or_else(|| missing(id))
    }

    /// Puts `client` where `old` was read, unless another was quicker.
    async fn put_in_place(&self, old: &Client, client: &Client) -> Outcome<()> {
        match self.stores.clients.replace(old, client).await? {
            true => Ok(()),
            false => ProblemKind::Changed.refuse("the client has changed since it was read"),
        }
    }
}

fn missing(id: &str) -> OperationError {
    ProblemKind::NoClient.says(format!("there is no client {id}")).into()
}

fn shown(secret: ClientSecret) -> SecretText {
    SecretText::new(secret.0.into_text())
}

fn metadata_in(mut members: Map<String, Value>) -> Outcome<ClientMetadata> {
    for said in SAID_BY_THE_SERVER {
        members.remove(said);
    }
    ClientMetadata::from_json(&Value::Object(members)).map_err(|refusal| {
        ProblemKind::ClientRefused.says(format!("the client is not accepted: {}", refusal.description())).into()
    })
}

/// Whether a client may have its admin scope: values there are, at a client that gets tokens for itself and proves
/// who it is.
fn admit_admin_scope(client: &Client) -> Outcome<()> {
    let refuse =
        |why: &str| ProblemKind::ClientRefused.refuse(format!("the client is not accepted: admin_scope: {why}"));
    if client.admin_scope == Scope::empty() {
        return Ok(());
    }
    if let Some(unknown) = client.admin_scope.iter().find(|value| !ADMIN_SCOPES.contains(&value.as_str())) {
        return refuse(&format!("{unknown} is none of {}", ADMIN_SCOPES.join(", ")));
    }
    if client.registration_token.is_some() {
        return refuse("nobody vouched for this client: it registered itself. Add another one");
    }
    if !client.grant_types.contains(&GrantType::ClientCredentials) {
        return refuse("it is given by the grant client_credentials alone; add that to grant_types");
    }
    Ok(())
}

fn admit_secret(secret: &SecretText) -> Outcome<()> {
    let refuse = |why: &str| ProblemKind::Secret.refuse(format!("the secret cannot be this one: {why}"));
    let text = secret.expose();
    if text.len() > SECRET_BYTES_MAX || text.chars().count() < SECRET_CHARS_MIN {
        return refuse("it has 16 characters at least and 256 bytes at most");
    }
    // What a client secret is made of (RFC 6749 A.2).
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return refuse("it has a character outside of visible ASCII");
    }
    Ok(())
}

/// Why no secret of an operator's choice is taken.
const DRAWN: &str = "this client's is a key too, which the server draws";

fn replace_secret(client: &mut Client, given: &SecretText) -> Outcome<()> {
    let refuse = |why: &str| ProblemKind::Secret.refuse(format!("the secret cannot be this one: {why}"));
    if client.sealed_secret.is_some() {
        return refuse(DRAWN);
    }
    match &mut client.authentication {
        ClientAuthentication::ClientSecretBasic { secret } | ClientAuthentication::ClientSecretPost { secret } => {
            *secret = TokenHash::of(given.expose());
            Ok(())
        }
        ClientAuthentication::ClientSecretJwt {} => refuse(DRAWN),
        ClientAuthentication::None {}
        | ClientAuthentication::PrivateKeyJwt { .. }
        | ClientAuthentication::TlsClientAuth {}
        | ClientAuthentication::SelfSignedTlsClientAuth {} => {
            refuse("a client that authenticates in this way has none")
        }
    }
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
            assert_eq!(admit_secret(&SecretText::new(secret.clone())).is_ok(), accepted, "{secret:?}");
        }
    }
}
