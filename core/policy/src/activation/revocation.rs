//! What a bundle issued, ended.

use super::error::ActivationError;
use super::order::Activations;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{IssuedCount, IssuedStore};
use std::time::Duration;

/// How long requests that were in flight may take to issue what they began to, before it is looked once more.
const SETTLE: Duration = Duration::from_millis(1_500);

/// Ends all that was issued under a bundle which is live nowhere: interactions, sessions, codes, token families. Answers
/// how much.
///
/// # Errors
/// When the bundle is live, or a node still serves it.
pub async fn revoke(
    digest: &BundleDigest,
    activations: &Activations,
    issued: &dyn IssuedStore,
) -> Result<IssuedCount, ActivationError> {
    let live = activations.store.live().await?;
    let nodes = activations.nodes().await?;
    if live.is_some_and(|live| live.proposal.digest == *digest) || nodes.iter().any(|node| node.digest == *digest) {
        return Err(ActivationError::StillLive(digest.to_string()));
    }
    let mut ended = emptied(digest, activations, issued).await?;
    // Requests end on the bundle they began with: what those in flight issue in the meantime is found after a while.
    tokio::time::sleep(SETTLE).await;
    ended = ended.and(emptied(digest, activations, issued).await?);
    Ok(ended)
}

async fn emptied(
    digest: &BundleDigest,
    activations: &Activations,
    issued: &dyn IssuedStore,
) -> Result<IssuedCount, ActivationError> {
    let mut all = IssuedCount {
        opaque_tokens: issued.count(digest, activations.clock.now()).await?.opaque_tokens,
        ..IssuedCount::default()
    };
    loop {
        let ended = issued.end(digest, activations.clock.now()).await?;
        if ended.is_nothing() {
            return Ok(all);
        }
        all = all.and(ended);
    }
}
