//! Interactions.

use super::Tables;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time};
use crate::schema::interactions;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, InteractionId};
use gatewright_domain::store::{Claimed, DOCUMENT_BYTES_MAX, EXPIRED_TAKEN_MAX, InteractionStore, StoredInteraction};
use gatewright_domain::token_hash::TokenHash;

const PLACE: &str = "store.interactions";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = interactions)]
struct InteractionRow {
    id: String,
    browser: String,
    bundle: String,
    version: i64,
    expires_at: i64,
    document: String,
}

#[async_trait]
impl InteractionStore for Tables {
    async fn begin(&self, interaction: &StoredInteraction) -> Result<(), Fault> {
        let row = InteractionRow::try_from(interaction)?;
        self.executor
            .statement(PLACE, move |connection| {
                diesel::insert_into(interactions::table).values(&row).execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn find(&self, id: &InteractionId) -> Result<Option<StoredInteraction>, Fault> {
        let id = id.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            Ok(interactions::table.find(&id).select(InteractionRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(StoredInteraction::try_from).transpose()
    }

    async fn claim(
        &self,
        id: &InteractionId,
        version: i64,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Claimed, Fault> {
        let id = id.as_str().to_owned();
        self.executor
            .statement(PLACE, move |connection| {
                let free = interactions::lease_until.is_null().or(interactions::lease_until.le(now.0));
                let place = interactions::table.find(&id).filter(interactions::version.eq(version)).filter(free);
                let leased = interactions::lease_until.eq(Some(lease_until.0));
                Ok(claimed(diesel::update(place).set(leased).execute(connection)?))
            })
            .await
    }

    async fn release(&self, id: &InteractionId, version: i64, lease_until: Timestamp) -> Result<bool, Fault> {
        let id = id.as_str().to_owned();
        self.executor
            .statement(PLACE, move |connection| {
                let place = interactions::table
                    .find(&id)
                    .filter(interactions::version.eq(version))
                    .filter(interactions::lease_until.eq(Some(lease_until.0)));
                Ok(diesel::update(place).set(interactions::lease_until.eq(None::<i64>)).execute(connection)? > 0)
            })
            .await
    }

    async fn save(&self, interaction: &StoredInteraction) -> Result<Claimed, Fault> {
        let row = InteractionRow::try_from(interaction)?;
        self.executor
            .statement(PLACE, move |connection| {
                let place = interactions::table.find(&row.id).filter(interactions::version.eq(row.version - 1));
                let changes = (
                    interactions::version.eq(row.version),
                    interactions::expires_at.eq(row.expires_at),
                    interactions::document.eq(&row.document),
                    interactions::lease_until.eq(None::<i64>),
                );
                Ok(claimed(diesel::update(place).set(changes).execute(connection)?))
            })
            .await
    }

    async fn take_expired(&self, now: Timestamp) -> Result<Vec<StoredInteraction>, Fault> {
        let taken = self.executor.transaction(PLACE, move |connection| Ok(take_expired(connection, now.0)?));
        taken.await?.into_iter().map(StoredInteraction::try_from).collect()
    }

    async fn finish(&self, id: &InteractionId, version: i64) -> Result<bool, Fault> {
        let id = id.as_str().to_owned();
        self.executor
            .statement(PLACE, move |connection| {
                let place = interactions::table.find(&id).filter(interactions::version.eq(version));
                Ok(diesel::delete(place).execute(connection)? > 0)
            })
            .await
    }
}

/// Whoever deletes a row has it: another who read it at the same moment deletes nothing.
fn take_expired(connection: &mut AnyConnection, now: i64) -> QueryResult<Vec<InteractionRow>> {
    // In one order for all: two nodes would else wait for each other.
    let first = (interactions::expires_at, interactions::id);
    let expired = interactions::table.filter(interactions::expires_at.le(now)).order(first);
    let rows = expired.limit(EXPIRED_TAKEN_MAX as i64).select(InteractionRow::as_select()).load(connection)?;
    let mut taken = Vec::new();
    for row in rows {
        let place = interactions::table.find(&row.id).filter(interactions::version.eq(row.version));
        if diesel::delete(place.filter(interactions::expires_at.le(now))).execute(connection)? > 0 {
            taken.push(row);
        }
    }
    Ok(taken)
}

fn claimed(rows: usize) -> Claimed {
    if rows > 0 { Claimed::Yes } else { Claimed::No }
}

impl TryFrom<&StoredInteraction> for InteractionRow {
    type Error = Fault;

    fn try_from(interaction: &StoredInteraction) -> Result<Self, Fault> {
        let StoredInteraction { id, browser, bundle, version, expires_at, document } = interaction;
        if document.len() > DOCUMENT_BYTES_MAX {
            return Err(Fault::new(PLACE, format!("a document has at most {DOCUMENT_BYTES_MAX} bytes")));
        }
        Ok(Self {
            id: id.as_str().to_owned(),
            browser: browser.as_str().to_owned(),
            bundle: bundle.as_str().to_owned(),
            version: *version,
            expires_at: expires_at.0,
            document: document.clone(),
        })
    }
}

impl TryFrom<InteractionRow> for StoredInteraction {
    type Error = Fault;

    fn try_from(interaction: InteractionRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "interactions", key: &interaction.id };
        Ok(Self {
            browser: row.column("browser", TokenHash::from_stored(interaction.browser))?,
            bundle: row.column("bundle", BundleDigest::parse(interaction.bundle))?,
            id: row.column("id", InteractionId::parse(interaction.id.as_str()))?,
            version: interaction.version,
            expires_at: time(interaction.expires_at),
            document: interaction.document,
        })
    }
}
