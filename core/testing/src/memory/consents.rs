//! Remembered consent in memory.

use super::{Issued, Memory};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::store::{ConsentStore, LISTED_MAX};
use gatewright_protocol::client_id::ClientId;

#[async_trait]
impl ConsentStore for Memory {
    async fn find(&self, subject: &Subject, client: &ClientId) -> Result<Option<Consent>, Fault> {
        Ok(self.tables().consents.get(&(subject.clone(), client.clone())).cloned())
    }

    async fn remember(&self, consent: &Consent) -> Result<(), Fault> {
        let key = (consent.subject.clone(), consent.client_id.clone());
        let mut tables = self.tables();
        let mut now = consent.clone();
        // What has expired was not allowed any more: adding to it would bring it back unasked.
        if let Some(before) = tables.consents.get(&key).filter(|before| consent.granted_at < before.expires_at) {
            now.scope = before.scope.union(&consent.scope);
            now.claims.extend(before.claims.iter().cloned());
        }
        tables.consents.insert(key, now);
        Ok(())
    }

    async fn list(&self, subject: &Subject, now: Timestamp) -> Result<Vec<Consent>, Fault> {
        let tables = self.tables();
        let of = |consent: &&Consent| &consent.subject == subject && now < consent.expires_at;
        Ok(tables.consents.values().filter(of).take(LISTED_MAX).cloned().collect())
    }

    async fn list_of_client(
        &self,
        client: &ClientId,
        after: Option<&Subject>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Consent>, Fault> {
        let tables = self.tables();
        let of = |consent: &&Consent| &consent.client_id == client && now < consent.expires_at;
        let mut listed: Vec<Consent> = tables.consents.values().filter(of).cloned().collect();
        listed.sort_by(|one, other| one.subject.cmp(&other.subject));
        let later = listed.into_iter().filter(|consent| after.is_none_or(|after| &consent.subject > after));
        Ok(later.take(limit).collect())
    }

    async fn withdraw(&self, subject: &Subject, client: &ClientId, now: Timestamp) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let remembered = tables.consents.remove(&(subject.clone(), client.clone())).is_some();
        let of = |whose: &AuthenticationContext, id: &ClientId| &whose.subject == subject && id == client;
        let codes = tables.codes.len();
        tables.codes.retain(|_, Issued { code, redeemed }| *redeemed || !of(&code.authentication, &code.client_id));
        let codes = codes - tables.codes.len();
        let families = tables.revoke(now, |family| of(&family.authentication, &family.client_id));
        Ok(remembered || codes > 0 || families > 0)
    }
}
