//! What a client is told about its registration (RFC 7591 3.2.1, RFC 7592 3).

use std::fmt;

use serde::Serialize;

use super::metadata::ClientMetadata;
use crate::client_id::ClientId;

/// The answer to a registration, a read or an update. Debug output does not show the secrets.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RegistrationResponse {
    /// The name the client is known by from now on.
    pub client_id: ClientId,
    /// Its secret, where it has one and it can be said: only its hash is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// When it was registered, in seconds since 1970.
    pub client_id_issued_at: u64,
    /// When the secret expires, in seconds since 1970: `0` for never. Must be there when the secret is (RFC 7591 3.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<u64>,
    /// What it reads and changes its registration with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_access_token: Option<String>,
    /// Where it does so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_client_uri: Option<String>,
    /// All that is registered, defaults included.
    #[serde(flatten)]
    pub metadata: ClientMetadata,
}

impl fmt::Debug for RegistrationResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RegistrationResponse")
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret.as_ref().map(|_| "redacted"))
            .field("client_id_issued_at", &self.client_id_issued_at)
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}
