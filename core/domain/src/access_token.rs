//! Opaque access tokens as stored, and what any access token stands for.

use crate::clock::Timestamp;
use crate::identifiers::{FamilyId, Subject};
use crate::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A stored opaque access token: the claims a JWT would have carried (RFC 9068 2.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpaqueAccessToken {
    /// Hash of the value.
    pub hash: TokenHash,
    /// What it stands for.
    pub meaning: AccessTokenMeaning,
}

/// What an access token stands for, whatever its form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessTokenMeaning {
    /// `jti`, unique.
    pub id: String,
    /// What it descends from; none for client credentials.
    pub family: Option<FamilyId>,
    /// Whom it was issued to.
    pub client_id: ClientId,
    /// On whose behalf; none for client credentials. Not the pairwise form.
    pub subject: Option<Subject>,
    /// Granted scope.
    pub scope: Scope,
    /// `aud`.
    pub audience: Vec<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// Everything else that hooks and requests put into it.
    pub claims: Map<String, Value>,
}
