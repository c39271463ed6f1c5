//! Clients.

use super::client_cache::ClientCache;
use crate::abort::{Abort, is_taken};
use crate::executor::Executor;
use crate::rows::{RowName, to_document};
use crate::schema::{
    access_tokens, authorization_codes, clients, consents, pushed_requests, session_clients, token_families,
};
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::client::Client;
use gatewright_domain::clock::Clock;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::ClientStore;
use gatewright_protocol::client_id::ClientId;
use std::sync::Arc;

const PLACE: &str = "store.clients";

/// Clients behind a cache.
pub(super) struct Clients {
    executor: Arc<Executor>,
    cache: ClientCache,
}

impl Clients {
    pub(super) fn new(executor: Arc<Executor>, clock: Arc<dyn Clock>) -> Self {
        Self { executor, cache: ClientCache::new(clock) }
    }
}

#[async_trait]
impl ClientStore for Clients {
    async fn find(&self, id: &ClientId) -> Result<Option<Arc<Client>>, Fault> {
        let begun = match self.cache.find(id) {
            Ok(client) => return Ok(Some(client)),
            Err(begun) => begun,
        };
        let key = id.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            Ok(clients::table.find(&key).select((clients::id, clients::document)).get_result(connection).optional()?)
        });
        let Some(row) = row.await? else { return Ok(None) };
        let client = Arc::new(parse(row)?);
        self.cache.keep(client.clone(), begun);
        Ok(Some(client))
    }

    async fn save(&self, client: &Client) -> Result<(), Fault> {
        let (id, document) = (client.id.as_str().to_owned(), to_document(PLACE, client)?);
        let saved = self.executor.transaction(PLACE, move |connection| {
            let place = clients::table.find(&id);
            if diesel::update(place).set(clients::document.eq(&document)).execute(connection)? > 0 {
                return Ok(());
            }
            let row = (clients::id.eq(&id), clients::document.eq(&document));
            match diesel::insert_into(clients::table).values(row).execute(connection) {
                Err(error) if is_taken(&error) => Err(Abort::Again),
                outcome => Ok(outcome.map(|_| ())?),
            }
        });
        let saved = saved.await;
        // After a fault too: it may have been saved all the same.
        self.cache.forget(&client.id);
        saved
    }

    async fn replace(&self, expected: &Client, client: &Client) -> Result<bool, Fault> {
        let (id, expected, document) = (client.id.as_str().to_owned(), expected.clone(), to_document(PLACE, client)?);
        let replaced = self.executor.transaction(PLACE, move |connection| {
            let read = clients::table.find(&id).select((clients::id, clients::document));
            let Some(row) = read.get_result::<(String, String)>(connection).optional()? else { return Ok(false) };
            let stored = row.1.clone();
            if parse(row)? != expected {
                return Ok(false);
            }
            // The text that was read: another may have written between the two.
            let place = clients::table.find(&id).filter(clients::document.eq(&stored));
            Ok(diesel::update(place).set(clients::document.eq(&document)).execute(connection)? > 0)
        });
        let replaced = replaced.await;
        self.cache.forget(&client.id);
        replaced
    }

    async fn remove(&self, id: &ClientId) -> Result<bool, Fault> {
        let key = id.as_str().to_owned();
        let removed = self.executor.transaction(PLACE, move |connection| {
            diesel::delete(session_clients::table.filter(session_clients::client_id.eq(&key))).execute(connection)?;
            let codes = authorization_codes::table.filter(authorization_codes::client_id.eq(&key));
            diesel::delete(codes).execute(connection)?;
            let pushed = pushed_requests::table.filter(pushed_requests::client_id.eq(&key));
            diesel::delete(pushed).execute(connection)?;
            // Their refresh tokens go with them.
            let families = token_families::table.filter(token_families::client_id.eq(&key));
            diesel::delete(families).execute(connection)?;
            let tokens = access_tokens::table.filter(access_tokens::client_id.eq(&key));
            diesel::delete(tokens).execute(connection)?;
            diesel::delete(consents::table.filter(consents::client_id.eq(&key))).execute(connection)?;
            Ok(diesel::delete(clients::table.find(&key)).execute(connection)? > 0)
        });
        let removed = removed.await;
        self.cache.forget(id);
        removed
    }

    async fn list(&self, after: Option<&ClientId>, limit: usize) -> Result<Vec<Client>, Fault> {
        // Every identifier is longer than this.
        let after = after.map_or(String::new(), |after| after.as_str().to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.executor.read(PLACE, move |connection| {
            let page = clients::table.filter(clients::id.gt(&after)).order(clients::id).limit(limit);
            Ok(page.select((clients::id, clients::document)).load(connection)?)
        });
        rows.await?.into_iter().map(parse).collect()
    }
}

fn parse((id, document): (String, String)) -> Result<Client, Fault> {
    let row = RowName { place: PLACE, table: "clients", key: &id };
    let client: Client = row.document(&document)?;
    if client.id.as_str() == id { Ok(client) } else { Err(row.bad("document", "it is of another client")) }
}
