//! Storage of token families, refresh tokens, opaque access tokens and revocations.

use crate::access_token::OpaqueAccessToken;
use crate::clock::Timestamp;
use crate::family::{ClientFamily, TokenFamily};
use crate::fault::Fault;
use crate::identifiers::{FamilyId, SessionId, Subject};
use crate::refresh_token::{FoundRefreshToken, RefreshToken};
use crate::token_hash::TokenHash;
use async_trait::async_trait;

/// What an attempt to rotate a refresh token found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// This caller, and no other ever, used the old one; the new one is stored.
    Rotated,
    /// It had been used before, or its family was revoked: the family is revoked now.
    Reused,
}

/// Tokens at rest.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The family that an end-user granted, revoked or not.
    ///
    /// # Errors
    /// A fault of the store.
    async fn family(&self, id: &FamilyId) -> Result<Option<TokenFamily>, Fault>;

    /// Begins the family of what a client gets for itself. Does nothing where there is a family of that name. It is
    /// revoked, counted and swept as any other.
    ///
    /// # Errors
    /// A fault of the store.
    async fn begin_client_family(&self, family: &ClientFamily) -> Result<(), Fault>;

    /// The family of what a client gets for itself, revoked or not.
    ///
    /// # Errors
    /// A fault of the store.
    async fn client_family(&self, id: &FamilyId) -> Result<Option<ClientFamily>, Fault>;

    /// Of every client that has a family on behalf of `subject` which lives at `now`, the one that began last; by client, of
    /// at most [`LISTED_MAX`](super::LISTED_MAX) clients.
    ///
    /// # Errors
    /// A fault of the store.
    async fn latest_families(&self, subject: &Subject, now: Timestamp) -> Result<Vec<TokenFamily>, Fault>;

    /// Revokes a family and with it everything that descends from it. Does nothing to one revoked before.
    ///
    /// # Errors
    /// A fault of the store.
    async fn revoke_family(&self, id: &FamilyId, now: Timestamp) -> Result<(), Fault>;

    /// Revokes every family that began in a session (logout), but for those whose scope holds
    /// `offline_access`, which is meant to outlive it (OpenID Connect Core 11); answers how many. Codes of that session
    /// that were not redeemed yet go, with the same exception: no family begins after it.
    ///
    /// # Errors
    /// A fault of the store.
    async fn revoke_session(&self, session: &SessionId, now: Timestamp) -> Result<u64, Fault>;

    /// The refresh token under that hash with its family.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find_refresh_token(&self, hash: &TokenHash) -> Result<Option<FoundRefreshToken>, Fault>;

    /// Uses `old` and stores `next` in one transaction, prolonging the family to the new refresh token's
    /// expiry. Exactly one caller ever gets [`Rotation::Rotated`] for one `old`; every other caller revokes the
    /// family that `next` names, also when `old` is unknown or of another one.
    ///
    /// # Errors
    /// A fault of the store.
    async fn rotate(&self, old: &TokenHash, next: &NextTokens, now: Timestamp) -> Result<Rotation, Fault>;

    /// Stores an opaque access token.
    ///
    /// # Errors
    /// A fault of the store.
    async fn issue_opaque(&self, token: &OpaqueAccessToken) -> Result<(), Fault>;

    /// The opaque access token under that hash, expired or not, and whether it or its family is revoked
    /// (see [`TokenStore::is_revoked`]).
    ///
    /// # Errors
    /// A fault of the store.
    async fn find_opaque(&self, hash: &TokenHash) -> Result<Option<(OpaqueAccessToken, bool)>, Fault>;

    /// Revokes one access token by its `jti`, opaque or JWT, until `expires_at`, when it would have ended anyway.
    ///
    /// # Errors
    /// A fault of the store.
    async fn revoke_access_token(&self, jti: &str, expires_at: Timestamp) -> Result<(), Fault>;

    /// Whether an access token is revoked, itself or with its family, in one query. A family that is not
    /// stored counts as revoked (it expired, or its client was removed): a token issued before its code is redeemed
    /// must name none.
    ///
    /// # Errors
    /// A fault of the store.
    async fn is_revoked(&self, jti: &str, family: Option<&FamilyId>) -> Result<bool, Fault>;

    /// Remembers a `jti` of a client's assertion until `expires_at`; answers `false` when it was known (a
    /// replay, RFC 7523 3).
    ///
    /// # Errors
    /// A fault of the store.
    async fn remember_assertion(&self, jti: &TokenHash, expires_at: Timestamp) -> Result<bool, Fault>;
}

/// What using a refresh token stores.
#[derive(Debug, Clone, PartialEq)]
pub struct NextTokens {
    /// Takes the old one's place.
    pub refresh_token: RefreshToken,
    /// The access token, where it is opaque.
    pub opaque: Option<OpaqueAccessToken>,
}
