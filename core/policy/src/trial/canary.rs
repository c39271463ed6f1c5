//! A canary: which interactions begin on the candidate.
//!
//! A share is held by a hash of the client's or the end-user's name, salted with the candidate's digest: the same one
//! gets the same answer each time and on every node, who is in a share is in every wider one, and another candidate
//! meets others first.

use crate::bundle::CompiledBundle;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trial::{Chosen, Group, Newcomer, Plan};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// A canary that runs.
pub(super) struct Canary {
    pub(super) plan: Plan,
    pub(super) candidate: Arc<CompiledBundle>,
}

impl Canary {
    /// Whether an interaction of this newcomer begins on it. Where that depends on an end-user who is not known yet, it
    /// does not.
    pub(super) async fn takes(&self, newcomer: &Newcomer<'_>, users: &dyn UserDirectory) -> Result<bool, Fault> {
        let in_share = |name: &str| self.plan.share.holds(spread(&self.plan.digest, name));
        match &self.plan.chosen {
            Chosen::Client => Ok(in_share(newcomer.client.as_str())),
            Chosen::Subject => Ok(newcomer.subject.is_some_and(|subject| in_share(subject.as_str()))),
            Chosen::Group(group) => belongs(group, newcomer, users).await,
        }
    }
}

async fn belongs(group: &Group, newcomer: &Newcomer<'_>, users: &dyn UserDirectory) -> Result<bool, Fault> {
    if group.clients.contains(newcomer.client) {
        return Ok(true);
    }
    let Some(subject) = newcomer.subject else { return Ok(false) };
    if group.subjects.contains(subject) {
        return Ok(true);
    }
    if group.claims.is_empty() {
        return Ok(false);
    }
    let user = users.find(&UserKey::Subject(subject.clone())).await?;
    Ok(user.is_some_and(|user| group.has_claims(&user.claims)))
}

/// A number that is spread evenly over names, and the same for the same one.
fn spread(digest: &BundleDigest, name: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(digest.as_str().as_bytes());
    hash.update([0]);
    hash.update(name.as_bytes());
    hash.finalize().iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::trial::Share;

    #[test]
    fn a_share_is_near_its_size_stays_the_same_and_grows_without_losing_anybody() {
        let digest = BundleDigest::parse("d1").unwrap();
        let names: Vec<String> = (0..2_000).map(|number| format!("client-{number}")).collect();
        let taken = |digest: &BundleDigest, parts| {
            let share = Share::of_ten_thousand(parts).unwrap();
            names.iter().filter(|name| share.holds(spread(digest, name))).cloned().collect::<Vec<_>>()
        };
        let ten = taken(&digest, 1_000);
        assert!((140..=260).contains(&ten.len()), "10 % of 2000 are {}", ten.len());
        assert_eq!(ten, taken(&digest, 1_000));
        let forty = taken(&digest, 4_000);
        assert!((700..=900).contains(&forty.len()), "40 % of 2000 are {}", forty.len());
        assert!(ten.iter().all(|name| forty.contains(name)));
        assert_eq!(taken(&digest, 10_000).len(), names.len());
        assert_ne!(taken(&BundleDigest::parse("d2").unwrap(), 1_000), ten, "another candidate meets others first");
    }
}
