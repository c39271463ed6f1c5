//! Nonces for DPoP proofs (RFC 9449 8 and 9): a keyed digest of the time, so that every node gives out and knows the same
//! ones and none is stored. A proof with a nonce of ours was made after it was given out, whatever the client's clock says.

use crate::Engine;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::signing::Sealer;
use gatewright_protocol::dpop::DpopProof;
use gatewright_protocol::error::{ErrorCode, Refusal};

/// How long a nonce is the current one, in seconds; it works for as long again after that.
pub const NONCE_S: u64 = 120;

const PURPOSE: &str = "dpop_nonce";

impl Engine {
    /// The nonce that the next proof should have, where this server wants one.
    pub fn dpop_nonce(&self) -> Option<String> {
        let sealer = self.world.sealer.as_ref();
        self.settings.binding.dpop_nonces.then(|| nonce(sealer, window(self.now())))
    }

    /// Whether a proof has a nonce of ours, where it needs one.
    pub(super) fn admit_nonce(&self, proof: &DpopProof) -> Result<(), Refusal> {
        if !self.settings.binding.dpop_nonces {
            return Ok(());
        }
        let (sealer, window) = (self.world.sealer.as_ref(), window(self.now()));
        let is_ours = |given: &str| given == nonce(sealer, window) || given == nonce(sealer, window - 1);
        if proof.nonce.as_deref().is_some_and(is_ours) { Ok(()) } else { Err(ErrorCode::UseDpopNonce.refusal()) }
    }
}

fn window(now: Timestamp) -> i64 {
    now.0.div_euclid(i64::try_from(NONCE_S).unwrap_or(i64::MAX))
}

fn nonce(sealer: &dyn Sealer, window: i64) -> String {
    sealer.keyed_digest(PURPOSE, &window.to_string())
}
