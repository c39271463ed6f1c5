//! A pushed authorization request: what a client left here before it sends a browser (RFC 9126).

use crate::clock::Timestamp;
use crate::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::params::Params;
use gatewright_protocol::thumbprint::Thumbprint;

/// A pushed request, as stored: the name that the client knows it by is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedRequest {
    /// Hash of its name.
    pub hash: TokenHash,
    /// Who pushed it, and alone may use it.
    pub client_id: ClientId,
    /// Its parameters, without those that proved who the client is.
    pub parameters: Params,
    /// They came in a request object that the client signed.
    pub signed: bool,
    /// Thumbprint of the key that was proven when it was pushed (RFC 9449 10.1).
    pub dpop_jkt: Option<Thumbprint>,
    /// Until when a browser may come with it.
    pub expires_at: Timestamp,
    /// Until when it is known that it was used: as long as a trip may take that began with it.
    pub kept_until: Timestamp,
}
