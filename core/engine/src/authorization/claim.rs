//! Claims on interactions: taken before an answer is worked on, so that its effects happen once, and given back by
//! whoever does not come to its end.
//!
//! Work ends in the middle in three ways. A fault gives the claim back at once ([`Engine::or_release`]). A request that
//! is dropped, because its browser went away, leaves it behind, and the next one to claim anything gives it back. A
//! node that dies keeps it until the lease runs out.

use super::interaction::Interaction;
use crate::Engine;
use crate::error::WalkError;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::store::Claimed;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a claim holds when its holder dies, in seconds: longer than any hook may take.
pub(super) const LEASE_S: u64 = 90;

/// A claim, as it was made.
pub(super) struct Claim {
    made: Made,
    /// Whether its work came to an end, be it good or bad.
    settled: bool,
    abandoned: Arc<AbandonedClaims>,
}

/// What the store knows a claim by.
#[derive(Clone)]
struct Made {
    id: InteractionId,
    version: i64,
    lease_until: Timestamp,
}

/// Claims whose requests were dropped, until the next claim gives them back.
#[derive(Default)]
pub(crate) struct AbandonedClaims(Mutex<Vec<Made>>);

impl AbandonedClaims {
    fn take(&self) -> Vec<Made> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.settled {
            self.abandoned.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.made.clone());
        }
    }
}

impl Engine {
    /// Claims an interaction; none when another request is at it.
    pub(super) async fn claim(&self, interaction: &Interaction) -> Result<Option<Claim>, Fault> {
        let store = &self.world.stores.interactions;
        for left in self.abandoned_claims.take() {
            store.release(&left.id, left.version, left.lease_until).await?;
        }
        let now = self.now();
        let made = Made { id: interaction.id.clone(), version: interaction.version, lease_until: now.plus(LEASE_S) };
        match store.claim(&made.id, made.version, now, made.lease_until).await? {
            Claimed::Yes => Ok(Some(Claim { made, settled: false, abandoned: self.abandoned_claims.clone() })),
            Claimed::No => Ok(None),
        }
    }

    /// What came of the work under a claim. Work that ended badly gives the claim back, so that the browser can try
    /// again at once.
    pub(super) async fn or_release<T>(&self, mut claim: Claim, worked: Result<T, WalkError>) -> Result<T, WalkError> {
        let released = match &worked {
            Ok(_) => Ok(true),
            Err(_) => {
                let store = &self.world.stores.interactions;
                store.release(&claim.made.id, claim.made.version, claim.made.lease_until).await
            }
        };
        claim.settled = true;
        match (worked, released) {
            (Err(error), Err(fault)) => {
                let both = format!("{error}; the claim of the interaction was not given back: {fault}");
                Err(Fault::new("authorization.claim", both).into())
            }
            (worked, _) => worked,
        }
    }
}
