//! Remembered consent in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::store::ConsentStore;
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

    async fn forget(&self, subject: &Subject, client: &ClientId) -> Result<bool, Fault> {
        Ok(self.tables().consents.remove(&(subject.clone(), client.clone())).is_some())
    }
}
