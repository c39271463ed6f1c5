//! `sub` as a client knows it: the subject itself, or a pairwise one (OpenID Connect Core 8).

use crate::Engine;
use gatewright_domain::client::Client;
use gatewright_domain::identifiers::Subject;
use gatewright_protocol::subject_type::SubjectType;

impl Engine {
    /// The `sub` of `subject` at `client`. A pairwise one is a keyed digest of sector and subject: the same for
    /// all clients of a sector, and nothing can be read from it without the master key.
    pub fn sub_for(&self, client: &Client, subject: &Subject) -> String {
        match client.subject_type {
            SubjectType::Public => subject.to_string(),
            SubjectType::Pairwise => {
                let sector = client.sector.as_deref().unwrap_or(client.id.as_str());
                self.world.sealer.keyed_digest("pairwise", &format!("{sector}|{subject}"))
            }
        }
    }
}
