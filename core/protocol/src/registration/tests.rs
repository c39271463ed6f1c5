//! Registration documents against the RFCs: reading them, the rules between members, and the answers.

mod answers;
mod reading;
mod requests;
mod rules;

use serde_json::{Value, json};

use super::{metadata::ClientMetadata, verified::VerifiedMetadata};
use crate::error::Refusal;

fn parse(document: &Value) -> Result<ClientMetadata, Refusal> {
    ClientMetadata::parse(document.to_string().as_bytes())
}

/// Verifies a document with one good redirect URI and the members given.
fn verify(members: Value) -> Result<VerifiedMetadata, Refusal> {
    let mut document = json!({"redirect_uris": ["https://c.example/cb"]});
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    parse(&document)?.verify()
}
