//! Refresh tokens: rotated on every use; a second use revokes the family (RFC 9700 4.14.2).

use crate::clock::Timestamp;
use crate::family::TokenFamily;
use crate::identifiers::FamilyId;
use crate::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

/// A stored refresh token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshToken {
    /// Hash of the value.
    pub hash: TokenHash,
    /// What it descends from.
    pub family: FamilyId,
    /// Whom it was issued to.
    pub client_id: ClientId,
    /// What it may still ask for.
    pub scope: Scope,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A refresh token as found, before it is redeemed.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRefreshToken {
    /// The token.
    pub token: RefreshToken,
    /// Its family, perhaps revoked.
    pub family: TokenFamily,
    /// Whether it was used before.
    pub used: bool,
}
