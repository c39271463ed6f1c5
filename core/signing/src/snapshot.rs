//! The keys as last read from the store, and which of them is for what at a given moment.

use crate::jwe::DecryptionKey;
use crate::ring_key::RingKey;
use crate::signing_key::SigningKey;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::store::StoredKey;
use gatewright_protocol::jwe::EncryptionKey;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use std::sync::Arc;

/// A key and its dates.
#[derive(Debug, Clone)]
pub(crate) struct DatedKey {
    pub key: Arc<RingKey>,
    pub row: StoredKey,
}

impl DatedKey {
    fn is_kept(&self, now: Timestamp) -> bool {
        self.row.drops_at.is_none_or(|drops| now < drops)
    }

    fn is_retired(&self, now: Timestamp) -> bool {
        self.row.retired_at.is_some_and(|retired| retired <= now)
    }
}

/// All keys of one reading, newest first.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    keys: Vec<DatedKey>,
}

impl Snapshot {
    /// Of `keys` oldest first, as the store lists them.
    pub fn new(mut keys: Vec<DatedKey>) -> Self {
        keys.reverse();
        Self { keys }
    }

    /// The key that signs with `algorithm`: of those that have begun and not retired, the last to begin. Where none has
    /// begun, the first that will: a node whose clock is a second behind the one that made the first key must not
    /// refuse to sign.
    pub fn signing(&self, algorithm: JwsAlgorithm, now: Timestamp) -> Option<&SigningKey> {
        let live = || self.of(algorithm.into()).filter(|dated| !dated.is_retired(now));
        let begun = live()
            .filter(|dated| dated.row.signs_from <= now)
            .max_by_key(|dated| (dated.row.signs_from, dated.row.created_at));
        begun.or_else(|| live().min_by_key(|dated| dated.row.signs_from)).and_then(|dated| dated.key.signing())
    }

    /// Whether there is a key of `algorithm` that has not retired.
    pub fn has_current(&self, algorithm: KeyAlgorithm, now: Timestamp) -> bool {
        self.of(algorithm).any(|dated| !dated.is_retired(now))
    }

    /// The key of that name that verifies.
    pub fn named(&self, kid: &str, now: Timestamp) -> Option<&SigningKey> {
        self.kept(now).find(|dated| dated.row.id.as_str() == kid).and_then(|dated| dated.key.signing())
    }

    /// The keys of a kind that decrypt, newest first: those that a client may have seen.
    pub fn decrypting(&self, kind: EncryptionKey, now: Timestamp) -> impl Iterator<Item = (&KeyId, &DecryptionKey)> {
        let of_kind = self.kept(now).filter(move |dated| dated.row.algorithm == KeyAlgorithm::Decryption(kind));
        of_kind.filter_map(|dated| Some((&dated.row.id, dated.key.decryption()?)))
    }

    /// Keys that are good for something still, newest first.
    pub fn kept(&self, now: Timestamp) -> impl Iterator<Item = &DatedKey> {
        self.keys.iter().filter(move |dated| dated.is_kept(now))
    }

    /// Keys that clients are shown, newest first. Of those to verify with: next, current and overlapping ones. Of those to
    /// encrypt to, no retired one: it only decrypts what was on its way (OpenID Connect Core 10.2.1).
    pub fn published(&self, now: Timestamp) -> impl Iterator<Item = &DatedKey> {
        self.kept(now).filter(move |dated| match dated.row.algorithm {
            KeyAlgorithm::Signing(_) => true,
            KeyAlgorithm::Decryption(_) => !dated.is_retired(now),
        })
    }

    /// Keys of one algorithm, newest first.
    pub fn of(&self, algorithm: KeyAlgorithm) -> impl Iterator<Item = &DatedKey> {
        self.keys.iter().filter(move |dated| dated.row.algorithm == algorithm)
    }

    /// The parsed key of a row, where it was read before and is the same still.
    pub fn parsed(&self, row: &StoredKey) -> Option<Arc<RingKey>> {
        let same = |known: &StoredKey| {
            (&known.id, known.algorithm, &known.sealed_jwk) == (&row.id, row.algorithm, &row.sealed_jwk)
        };
        self.keys.iter().find(|dated| same(&dated.row)).map(|dated| dated.key.clone())
    }
}
