//! Pushed authorization requests in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::store::PushedRequestStore;
use gatewright_domain::token_hash::TokenHash;

#[async_trait]
impl PushedRequestStore for Memory {
    async fn push(&self, request: &PushedRequest) -> Result<(), Fault> {
        let mut tables = self.tables();
        if tables.pushed_requests.contains_key(&request.hash) {
            return Err(Fault::new("store.pushed_requests", "the request is there already"));
        }
        tables.pushed_requests.insert(request.hash.clone(), (request.clone(), false));
        Ok(())
    }

    async fn find(&self, hash: &TokenHash) -> Result<Option<(PushedRequest, bool)>, Fault> {
        Ok(self.tables().pushed_requests.get(hash).cloned())
    }

    async fn complete(&self, hash: &TokenHash, _: Timestamp) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let Some((_, completed)) = tables.pushed_requests.get_mut(hash) else { return Ok(false) };
        Ok(!std::mem::replace(completed, true))
    }
}
