//! A client replaces its own registration (RFC 7592 2.2).

use super::{
    members::{Members, wrong},
    metadata::{ClientMetadata, not_an_object, parse_document},
};
use crate::{client_id::ClientId, credential::Credential, error::Refusal};

/// Members that only the server says; a client that sends one misread the protocol (RFC 7592 2.2).
const SERVER_MEMBERS: &[&str] =
    &["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// The new metadata of a client, and the credentials it must not change by this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationUpdate {
    /// Must be its own.
    pub client_id: ClientId,
    /// Must be its own, where it is there.
    pub client_secret: Option<Credential>,
    /// What replaces all that was registered before.
    pub metadata: ClientMetadata,
}

impl RegistrationUpdate {
    /// Parses the body of an update.
    ///
    /// # Errors
    /// As [`ClientMetadata::parse`]; and `invalid_client_metadata` when `client_id` is missing or a member is there that
    /// only the server says.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let document = parse_document(body)?;
        let members = Members(document.as_object().ok_or_else(not_an_object)?);
        for member in SERVER_MEMBERS {
            if members.get(member).is_some() {
                return Err(wrong(member, "is not the client's to say"));
            }
        }
        Ok(Self {
            client_id: members.word("client_id")?.ok_or_else(|| wrong("client_id", "is missing"))?,
            client_secret: members.word("client_secret")?,
            metadata: ClientMetadata::from_json(&document)?,
        })
    }
}
