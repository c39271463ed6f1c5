//! Interactions in memory.

use super::{Leased, Memory};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::store::{Claimed, DOCUMENT_BYTES_MAX, EXPIRED_TAKEN_MAX, InteractionStore, StoredInteraction};

#[async_trait]
impl InteractionStore for Memory {
    async fn begin(&self, interaction: &StoredInteraction) -> Result<(), Fault> {
        admit(interaction)?;
        let mut tables = self.tables();
        if tables.interactions.contains_key(&interaction.id) {
            return Err(Fault::new("store.interactions", "the interaction is there already"));
        }
        let leased = Leased { interaction: interaction.clone(), lease_until: None };
        tables.interactions.insert(interaction.id.clone(), leased);
        Ok(())
    }

    async fn find(&self, id: &InteractionId) -> Result<Option<StoredInteraction>, Fault> {
        Ok(self.tables().interactions.get(id).map(|leased| leased.interaction.clone()))
    }

    async fn claim(
        &self,
        id: &InteractionId,
        version: i64,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Claimed, Fault> {
        let mut tables = self.tables();
        match tables.interactions.get_mut(id) {
            Some(leased)
                if leased.interaction.version == version && leased.lease_until.is_none_or(|until| until <= now) =>
            {
                leased.lease_until = Some(lease_until);
                Ok(Claimed::Yes)
            }
            _ => Ok(Claimed::No),
        }
    }

    async fn release(&self, id: &InteractionId, version: i64, lease_until: Timestamp) -> Result<bool, Fault> {
        let mut tables = self.tables();
        match tables.interactions.get_mut(id) {
            Some(leased) if leased.interaction.version == version && leased.lease_until == Some(lease_until) => {
                leased.lease_until = None;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn save(&self, interaction: &StoredInteraction) -> Result<Claimed, Fault> {
        admit(interaction)?;
        let mut tables = self.tables();
        match tables.interactions.get_mut(&interaction.id) {
            Some(leased) if leased.interaction.version == interaction.version - 1 => {
                leased.interaction.version = interaction.version;
                leased.interaction.expires_at = interaction.expires_at;
                leased.interaction.document.clone_from(&interaction.document);
                leased.lease_until = None;
                Ok(Claimed::Yes)
            }
            _ => Ok(Claimed::No),
        }
    }

    async fn take_expired(&self, now: Timestamp) -> Result<Vec<StoredInteraction>, Fault> {
        let mut tables = self.tables();
        let all = tables.interactions.values().map(|leased| leased.interaction.clone());
        let mut expired: Vec<StoredInteraction> = all.filter(|one| one.expires_at <= now).collect();
        expired.sort_by_key(|one| (one.expires_at, one.id.clone()));
        expired.truncate(EXPIRED_TAKEN_MAX);
        expired.iter().for_each(|one| drop(tables.interactions.remove(&one.id)));
        Ok(expired)
    }

    async fn finish(&self, id: &InteractionId, version: i64) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let there = tables.interactions.get(id).is_some_and(|leased| leased.interaction.version == version);
        if there {
            tables.interactions.remove(id);
        }
        Ok(there)
    }
}

fn admit(interaction: &StoredInteraction) -> Result<(), Fault> {
    if interaction.document.len() > DOCUMENT_BYTES_MAX {
        return Err(Fault::new("store.interactions", format!("a document has at most {DOCUMENT_BYTES_MAX} bytes")));
    }
    Ok(())
}
