//! A token family: everything that descends from one authorization code, or what a client got for itself under one
//! bundle. Revoking it ends all of it.

use crate::clock::Timestamp;
use crate::code::AuthenticationContext;
use crate::confirmation::Confirmation;
use crate::identifiers::{BundleDigest, FamilyId, TraceId};
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

/// What the end-user granted a client, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenFamily {
    /// Its name.
    pub id: FamilyId,
    /// Whose tokens.
    pub client_id: ClientId,
    /// On whose behalf.
    pub authentication: AuthenticationContext,
    /// Everything granted; a refresh may ask for less, never for more (RFC 6749 6).
    pub scope: Scope,
    /// The `claims` parameter of the request.
    pub claims: Option<ClaimsRequest>,
    /// What its refresh tokens are bound to: nothing where the client authenticates (RFC 9449 5).
    pub confirmation: Confirmation,
    /// The bundle that decided it.
    pub bundle: BundleDigest,
    /// The trace of the login.
    pub trace: Option<TraceId>,
    /// When the code was redeemed.
    pub created_at: Timestamp,
    /// When nothing of it can still be valid.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What a client gets for itself (client credentials, RFC 6749 4.4) under one bundle: there is no end-user, no session and
/// no refresh token, only access tokens that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFamily {
    /// Its name, among all families.
    pub id: FamilyId,
    /// Whose tokens.
    pub client_id: ClientId,
    /// The bundle that decided them.
    pub bundle: BundleDigest,
    /// When the first of them was issued.
    pub created_at: Timestamp,
    /// When none of them can still be valid.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
