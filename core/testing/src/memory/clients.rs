//! Clients in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::ClientStore;
use gatewright_protocol::client_id::ClientId;
use std::ops::Bound;
use std::sync::Arc;

#[async_trait]
impl ClientStore for Memory {
    async fn find(&self, id: &ClientId) -> Result<Option<Arc<Client>>, Fault> {
        Ok(self.tables().clients.get(id).cloned())
    }

    async fn save(&self, client: &Client) -> Result<(), Fault> {
        self.tables().clients.insert(client.id.clone(), Arc::new(client.clone()));
        Ok(())
    }

    async fn replace(&self, expected: &Client, client: &Client) -> Result<bool, Fault> {
        let mut tables = self.tables();
        match tables.clients.get_mut(&expected.id) {
            Some(stored) if stored.as_ref() == expected => {
                *stored = Arc::new(client.clone());
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn remove(&self, id: &ClientId) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let known = tables.clients.remove(id).is_some();
        tables.pushed_requests.retain(|_, (request, _)| &request.client_id != id);
        tables.codes.retain(|_, issued| &issued.code.client_id != id);
        tables.families.retain(|_, family| &family.client_id != id);
        tables.client_families.retain(|_, family| &family.client_id != id);
        tables.refresh_tokens.retain(|_, rotating| &rotating.token.client_id != id);
        tables.access_tokens.retain(|_, token| &token.meaning.client_id != id);
        tables.consents.retain(|(_, client), _| client != id);
        tables.signed_in.retain(|(_, client), _| client != id);
        Ok(known)
    }

    async fn list(&self, after: Option<&ClientId>, limit: usize) -> Result<Vec<Client>, Fault> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let tables = self.tables();
        let page = tables.clients.range::<ClientId, _>((from, Bound::Unbounded)).take(limit);
        Ok(page.map(|(_, client)| client.as_ref().clone()).collect())
    }
}
