//! Removal of what has expired from memory.

use super::{Memory, Tables};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, FamilyId};
use gatewright_domain::security_event::EVENT_KEPT_S;
use gatewright_domain::store::{BUNDLE_KEPT_S, HISTORY_NAMES_MAX, NODE_FORGOTTEN_S, SWEEP_BATCH_MAX, Sweeper};
use std::collections::BTreeMap;

#[async_trait]
impl Sweeper for Memory {
    async fn sweep(&self, now: Timestamp) -> Result<u64, Fault> {
        let mut tables = self.tables();
        let tables = &mut *tables;
        let families = &tables.families;
        let replayable = |family: &FamilyId| families.get(family).is_some_and(|family| now < family.expires_at);
        let codes = drop_from(&mut tables.codes, |issued| {
            issued.code.expires_at <= now && !(issued.redeemed && replayable(&issued.code.family))
        });
        let swept = [
            codes,
            drop_from(&mut tables.sessions, |session| session.expires_at <= now),
            drop_from(&mut tables.interactions, |leased| leased.interaction.expires_at <= now),
            drop_from(&mut tables.pushed_requests, |(request, _)| request.kept_until <= now),
            drop_from(&mut tables.consents, |consent| consent.expires_at <= now),
            drop_from(&mut tables.families, |family| family.expires_at <= now),
            drop_from(&mut tables.client_families, |family| family.expires_at <= now),
            drop_from(&mut tables.refresh_tokens, |rotating| rotating.token.expires_at <= now),
            drop_from(&mut tables.access_tokens, |token| token.meaning.expires_at <= now),
            drop_from(&mut tables.revoked, |expires_at| *expires_at <= now),
            drop_from(&mut tables.assertions, |expires_at| *expires_at <= now),
            drop_from(&mut tables.tries, |tried| tried.expires_at <= now),
            drop_from(&mut tables.events, |(event, _)| event.at.plus(EVENT_KEPT_S) <= now),
            drop_from(&mut tables.factors, |factor| factor.pending_until.is_some_and(|end| end <= now)),
            drop_from(&mut tables.kv, |(_, expires_at)| *expires_at <= now),
        ];
        tables.forget_expired();
        let nodes = drop_from(&mut tables.nodes, |node| node.seen_at <= now.minus(NODE_FORGOTTEN_S));
        Ok(swept.iter().sum::<u64>() + nodes + tables.sweep_bundles(now))
    }
}

impl Tables {
    fn sweep_bundles(&mut self, now: Timestamp) -> u64 {
        let latest = self.activations.iter().rev().take(HISTORY_NAMES_MAX);
        let mut named: Vec<BundleDigest> = latest.map(|activation| activation.proposal.digest.clone()).collect();
        named.extend(self.sessions.values().map(|session| session.bundle.clone()));
        named.extend(self.interactions.values().map(|leased| leased.interaction.bundle.clone()));
        named.extend(self.codes.values().map(|issued| issued.code.bundle.clone()));
        named.extend(self.families.values().map(|family| family.bundle.clone()));
        named.extend(self.client_families.values().map(|family| family.bundle.clone()));
        named.extend(self.trials.values().map(|trial| trial.plan.digest.clone()));
        named.extend(self.nodes.values().map(|node| node.digest.clone()));
        let old = self.bundles.iter().filter(|(_, (_, kept_at))| *kept_at <= now.minus(BUNDLE_KEPT_S));
        let gone = old.map(|(digest, _)| digest.clone()).filter(|digest| !named.contains(digest));
        let gone: Vec<BundleDigest> = gone.take(SWEEP_BATCH_MAX).collect();
        self.pushed.retain(|digest, _| !gone.contains(digest));
        self.bundles.retain(|digest, _| !gone.contains(digest));
        gone.len() as u64
    }
}

fn drop_from<K: Ord + Clone, V>(table: &mut BTreeMap<K, V>, expired: impl Fn(&V) -> bool) -> u64 {
    let keys: Vec<K> = table.iter().filter(|(_, row)| expired(row)).map(|(key, _)| key.clone()).collect();
    let batch = keys.into_iter().take(SWEEP_BATCH_MAX);
    batch.map(|key| table.remove(&key)).count() as u64
}
