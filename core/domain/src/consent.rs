//! Remembered consent: what an end-user has allowed a client (OpenID Connect Core 3.1.2.4).

use crate::clock::Timestamp;
use crate::identifiers::Subject;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

/// What a subject allowed a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who allowed.
    pub subject: Subject,
    /// Whom.
    pub client_id: ClientId,
    /// Everything allowed so far.
    pub scope: Scope,
    /// When it was last given or widened.
    pub granted_at: Timestamp,
    /// When it must be asked again.
    pub expires_at: Timestamp,
}

impl Consent {
    /// Whether it answers a request for `scope` at `now`.
    pub fn covers(&self, scope: &Scope, now: Timestamp) -> bool {
        now < self.expires_at && scope.is_subset(&self.scope)
    }
}
