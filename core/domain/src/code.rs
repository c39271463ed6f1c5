//! The authorization code: one use, one client, one redirect URI (RFC 6749 4.1.2, RFC 9700 2.1.1).

use crate::clock::Timestamp;
use crate::identifiers::{BundleDigest, FamilyId, SessionId, Subject, TraceId};
use crate::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::nonce::Nonce;
use gatewright_protocol::pkce::CodeChallenge;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};

/// An issued code, as stored: the code itself is not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// Hash of the code.
    pub hash: TokenHash,
    /// The family its tokens will belong to; known now, so that a replay can revoke it.
    pub family: FamilyId,
    /// Whom it was issued to.
    pub client_id: ClientId,
    /// Where it was sent.
    pub redirect_uri: RedirectUri,
    /// PKCE challenge (RFC 7636); absent only for a confidential client that sent none.
    pub challenge: Option<CodeChallenge>,
    /// Echoed in the ID token.
    pub nonce: Option<Nonce>,
    /// What the end-user consented to.
    pub authentication: AuthenticationContext,
    /// Granted scope.
    pub scope: Scope,
    /// The `claims` parameter.
    pub claims: Option<ClaimsRequest>,
    /// The key that whoever redeems it must have (RFC 9449 10).
    pub dpop_jkt: Option<Thumbprint>,
    /// The bundle that decided it.
    pub bundle: BundleDigest,
    /// The trace of the login.
    pub trace: Option<TraceId>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Who authenticated, when and how: what tokens say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationContext {
    /// The end-user.
    pub subject: Subject,
    /// The session it happened in.
    pub session: SessionId,
    /// ACR reached.
    pub acr: Acr,
    /// Methods used.
    pub amr: Vec<Amr>,
    /// When the end-user authenticated actively.
    pub auth_time: Timestamp,
}

/// What an attempt to issue a code found. The store decides it in one atomic step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Issuance {
    /// It is stored.
    Issued,
    /// The session it was to be issued in has ended: nothing is stored.
    SessionEnded,
}

/// What an attempt to redeem a code found. The store decides it in one atomic step.
#[derive(Debug, Clone, PartialEq)]
pub enum Redemption {
    /// This caller, and no other ever, redeemed it.
    Redeemed,
    /// It had been redeemed before; its whole family is now revoked (RFC 6749 4.1.2).
    Reused,
    /// No such code, or it was swept.
    Unknown,
}
