//! Storage of authorization codes.

use crate::access_token::OpaqueAccessToken;
use crate::clock::Timestamp;
use crate::code::{AuthorizationCode, Issuance, Redemption};
use crate::family::TokenFamily;
use crate::fault::Fault;
use crate::logout::SignedIn;
use crate::refresh_token::RefreshToken;
use crate::token_hash::TokenHash;
use async_trait::async_trait;

/// Authorization codes.
#[async_trait]
pub trait CodeStore: Send + Sync {
    /// Stores an issued code, while its session is there and has not expired when the code is issued. The two meet in one
    /// transaction: a session that ends meanwhile either stops the code, or ends after it, and then
    /// [`TokenStore::revoke_session`](super::TokenStore::revoke_session) finds the code. A client that wants to be told of
    /// the session's end is noted in that transaction too.
    ///
    /// # Errors
    /// A fault of the store.
    async fn issue(&self, code: &AuthorizationCode, signed_in: Option<&SignedIn>) -> Result<Issuance, Fault>;

    /// The code under that hash, redeemed or not, expired or not.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, hash: &TokenHash) -> Result<Option<AuthorizationCode>, Fault>;

    /// Redeems it: exactly one caller ever gets [`Redemption::Redeemed`], and what it `issues` is stored in
    /// the same transaction. Every later caller gets [`Redemption::Reused`], and the code's family is revoked in
    /// that caller's transaction. Whether it has expired is the caller's to judge.
    ///
    /// # Errors
    /// A fault of the store; a family other than the code's is one.
    async fn redeem(&self, hash: &TokenHash, issues: &FirstTokens, now: Timestamp) -> Result<Redemption, Fault>;
}

/// What redeeming a code stores.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstTokens {
    /// The new family; its id is the one the code was issued with.
    pub family: TokenFamily,
    /// The refresh token, where one is given.
    pub refresh_token: Option<RefreshToken>,
    /// The access token, where it is opaque.
    pub opaque: Option<OpaqueAccessToken>,
}
