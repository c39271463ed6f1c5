//! What was decided under a bundle: everything that carries its digest.

use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::BundleDigest;
use async_trait::async_trait;

/// What kind of thing was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuedKind {
    /// A session.
    Session,
    /// An authorization code that is not redeemed.
    Code,
    /// A token family that is not revoked.
    Family,
}

impl IssuedKind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Code => "code",
            Self::Family => "token family",
        }
    }
}

/// One thing that was issued under a bundle and lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// What it is.
    pub kind: IssuedKind,
    /// Its name: of a session its `sid`, of a code the family that it would begin, of a family its id.
    pub id: String,
    /// Whose: the end-user's, or the client's own (RFC 9068 2.2).
    pub subject: String,
    /// To whom; a session is of no client.
    pub client: Option<String>,
    /// When.
    pub issued_at: Timestamp,
}

/// How many things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IssuedCount {
    /// Unfinished interactions.
    pub interactions: u64,
    /// Sessions.
    pub sessions: u64,
    /// Authorization codes that are not redeemed.
    pub codes: u64,
    /// Token families: refresh tokens, and the access tokens of whatever form that name the family.
    pub families: u64,
    /// Opaque access tokens of these families.
    pub opaque_tokens: u64,
}

impl IssuedCount {
    /// Whether it is nothing at all.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// These and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            interactions: self.interactions + other.interactions,
            sessions: self.sessions + other.sessions,
            codes: self.codes + other.codes,
            families: self.families + other.families,
            opaque_tokens: self.opaque_tokens + other.opaque_tokens,
        }
    }
}

/// What was issued under bundles. What counts is what lives: not expired, not redeemed, not revoked. Codes and families
/// count when they carry the digest, or began in a session that does: what they say of their end-user was decided by it.
#[async_trait]
pub trait IssuedStore: Send + Sync {
    /// How much was issued under a bundle.
    ///
    /// # Errors
    /// A fault of the store.
    async fn count(&self, digest: &BundleDigest, now: Timestamp) -> Result<IssuedCount, Fault>;

    /// What was issued under a bundle, kind by kind, the latest first; at most `limit` of a kind.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, digest: &BundleDigest, now: Timestamp, limit: usize) -> Result<Vec<Issued>, Fault>;

    /// Ends what was issued under a bundle: interactions and sessions are gone, codes cannot be redeemed, families are
    /// revoked with all that descends from them. One transaction a kind, and at most
    /// [`SWEEP_BATCH_MAX`](super::SWEEP_BATCH_MAX) of each: call it until it answers nothing.
    ///
    /// # Errors
    /// A fault of the store.
    async fn end(&self, digest: &BundleDigest, now: Timestamp) -> Result<IssuedCount, Fault>;
}
