//! Rotation: a new key is published, then signs; the old one keeps verifying until what it signed has expired.
//! Safe when several nodes rotate at once: the store lets one of them win.

use crate::keyring::{Keyring, PLACE, seal_purpose};
use crate::ring_key::RingKey;
use crate::snapshot::Snapshot;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::store::StoredKey;

/// Most keys in the store, retired ones that still verify among them: more only make the key set too large for clients.
pub const KEYS_MAX: usize = 64;

/// How a new key and the old one overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Seconds for which the new key is published before it signs, so that every node and every client that caches
    /// the key set knows it in time. 0: it signs at once.
    pub ahead_s: u64,
    /// Seconds for which the old key still verifies and is published after it stopped signing: at least the longest
    /// lifetime of a token. 0: what it signed is void from then on, as after a theft.
    pub behind_s: u64,
}

impl Overlap {
    /// The new key signs at once and all older ones of its algorithm are void: the answer to a stolen key.
    pub const NONE: Self = Self { ahead_s: 0, behind_s: 0 };

    /// Where there is nothing to replace.
    pub(crate) const FIRST: Self = Self { ahead_s: 0, behind_s: u64::MAX };
}

/// When keys are replaced without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Seconds for which a key signs.
    pub period_s: u64,
    /// How its successor takes over.
    pub overlap: Overlap,
}

/// What came of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotated {
    /// This node made the new key.
    Here(KeyId),
    /// Another node rotated at the same moment; its key is the new one.
    Elsewhere,
}

impl Keyring {
    /// Replaces the key of `algorithm` now.
    ///
    /// # Errors
    /// A fault of the store or the crypto library, when `algorithm` is not one this keyring has keys for, or when
    /// there are [`KEYS_MAX`] keys already.
    pub async fn rotate(&self, algorithm: impl Into<KeyAlgorithm>, overlap: Overlap) -> Result<Rotated, Fault> {
        let algorithm = algorithm.into();
        if !self.setup.key_algorithms().contains(&algorithm) {
            return Err(Fault::new(PLACE, format!("{algorithm} is not among the algorithms that there are keys for")));
        }
        self.refresh().await?;
        self.succeed(&self.snapshot(), algorithm, overlap).await
    }

    /// Replaces those keys that have signed for the schedule's period, or will have when their successors are to sign.
    /// Any number of nodes may call it at any time. Answers the algorithms whose key this node replaced.
    ///
    /// # Errors
    /// As [`Keyring::rotate`].
    pub async fn rotate_due(&self, schedule: &Schedule) -> Result<Vec<KeyAlgorithm>, Fault> {
        self.refresh().await?;
        let mut replaced = Vec::new();
        for algorithm in self.setup.key_algorithms() {
            let seen = self.snapshot();
            if !is_due(&seen, algorithm, schedule, self.setup.clock.now()) {
                continue;
            }
            if self.succeed(&seen, algorithm, schedule.overlap).await? != Rotated::Elsewhere {
                replaced.push(algorithm);
            }
        }
        Ok(replaced)
    }

    /// Makes the successor of the newest key of `algorithm` in `seen`. If that is no longer the newest by now, another
    /// node was sooner and nothing is done: so a decision is only ever carried out on what it was taken on.
    pub(crate) async fn succeed(
        &self,
        seen: &Snapshot,
        algorithm: KeyAlgorithm,
        overlap: Overlap,
    ) -> Result<Rotated, Fault> {
        let now = self.setup.clock.now();
        if seen.kept(now).count() >= KEYS_MAX {
            return Err(Fault::new(PLACE, format!("there are {KEYS_MAX} keys; wait until the oldest drop")));
        }
        let newest = seen.of(algorithm).next().map(|dated| &dated.row);
        // Keys of one algorithm never share a second, so that "newest" means one key to every store.
        let created_at = newest.map_or(now, |row| now.max(row.created_at.plus(1)));
        let new = self.made(algorithm, created_at, now.plus(overlap.ahead_s)).await?;
        let replaced = seen.of(algorithm).filter_map(|dated| retired(&dated.row, new.signs_from, overlap.behind_s));
        let replaced: Vec<StoredKey> = replaced.collect();
        let won = self.setup.store.rotate(&new, &replaced, newest.map(|row| &row.id), now).await?;
        self.refresh().await?;
        if !won {
            return Ok(Rotated::Elsewhere);
        }
        tracing::info!(%algorithm, kid = %new.id, signs_from = new.signs_from.0, "a new key");
        Ok(Rotated::Here(new.id))
    }

    async fn made(
        &self,
        algorithm: KeyAlgorithm,
        created_at: Timestamp,
        signs_from: Timestamp,
    ) -> Result<StoredKey, Fault> {
        let id = KeyId::draw(self.setup.entropy.as_ref());
        let name = id.clone();
        let jwk = tokio::task::spawn_blocking(move || RingKey::generate_jwk(&name, algorithm))
            .await
            .map_err(|error| Fault::caused(PLACE, error))??;
        let sealed_jwk = self.setup.sealer.seal(&seal_purpose(&id, algorithm), &jwk)?;
        Ok(StoredKey { id, algorithm, sealed_jwk, created_at, signs_from, retired_at: None, drops_at: None })
    }
}

fn is_due(seen: &Snapshot, algorithm: KeyAlgorithm, schedule: &Schedule, now: Timestamp) -> bool {
    let Some(newest) = seen.of(algorithm).next() else { return true };
    // A key that is waiting to sign is the answer to the last time this was asked.
    let begun = newest.row.signs_from <= now;
    begun && newest.row.signs_from.plus(schedule.period_s) <= now.plus(schedule.overlap.ahead_s)
}

/// `row` with the dates it has once its successor signs from `at`; nothing when they are no others. A date that came
/// earlier stays, so a rotation with no overlap voids every older key at once.
fn retired(row: &StoredKey, at: Timestamp, behind_s: u64) -> Option<StoredKey> {
    let sooner = |date: Option<Timestamp>, than: Timestamp| Some(date.map_or(than, |date| date.min(than)));
    let retired_at = sooner(row.retired_at, at);
    let drops_at = sooner(row.drops_at, at.plus(behind_s));
    let changes = (retired_at, drops_at) != (row.retired_at, row.drops_at);
    changes.then(|| StoredKey { retired_at, drops_at, ..row.clone() })
}

#[cfg(test)]
mod tests;
