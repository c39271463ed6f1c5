//! Remembered consent: what an end-user has allowed a client (OpenID Connect Core 3.1.2.4).

use crate::clock::Timestamp;
use crate::identifiers::Subject;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a subject allowed a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who allowed.
    pub subject: Subject,
    /// Whom.
    pub client_id: ClientId,
    /// Every scope value allowed so far.
    pub scope: Scope,
    /// Every claim allowed so far by its name (OpenID Connect Core 5.5), beyond what the scope stands for.
    pub claims: BTreeSet<String>,
    /// When it was last given or widened.
    pub granted_at: Timestamp,
    /// When it must be asked again.
    pub expires_at: Timestamp,
}

impl Consent {
    /// Whether it answers a request for `scope`, and for `claims` by name, at `now`.
    pub fn covers<'c>(&self, scope: &Scope, claims: impl IntoIterator<Item = &'c String>, now: Timestamp) -> bool {
        let claims_too = claims.into_iter().all(|name| self.claims.contains(name));
        now < self.expires_at && scope.is_subset(&self.scope) && claims_too
    }
}
