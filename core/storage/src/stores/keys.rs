//! Signing keys.

use super::Tables;
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::{RowName, time};
use crate::schema::signing_keys;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::store::{KeyStore, StoredKey};

const PLACE: &str = "store.keys";

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
struct KeyRow {
    id: String,
    algorithm: String,
    generation: i64,
    sealed_jwk: String,
    created_at: i64,
    signs_from: i64,
    retired_at: Option<i64>,
    drops_at: Option<i64>,
}

#[async_trait]
impl KeyStore for Tables {
    async fn list(&self) -> Result<Vec<StoredKey>, Fault> {
        let rows = self.executor.read(PLACE, |connection| {
            let by_age = (signing_keys::created_at, signing_keys::algorithm, signing_keys::generation);
            Ok(signing_keys::table.order(by_age).select(KeyRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(StoredKey::try_from).collect()
    }

    async fn rotate(
        &self,
        new: &StoredKey,
        changed: &[StoredKey],
        expected_newest: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let rotation = KeyRotation {
            new: row_of(new),
            changed: changed.iter().map(row_of).collect(),
            expected_newest: expected_newest.map(|id| id.as_str().to_owned()),
            now: now.0,
        };
        let rotated = self.executor.transaction(PLACE, move |connection| match rotation.apply(connection) {
            // The other node rotated between our look and our insert: look again, and find its key.
            Err(Abort::Database(error)) if is_taken(&error) => Err(Abort::Again),
            outcome => outcome,
        });
        rotated.await
    }
}

/// A rotation on its way to the database.
struct KeyRotation {
    new: KeyRow,
    changed: Vec<KeyRow>,
    expected_newest: Option<String>,
    now: i64,
}

impl KeyRotation {
    /// The unique key on algorithm and generation decides: two nodes cannot both make the next one.
    fn apply(&self, connection: &mut AnyConnection) -> Result<bool, Abort> {
        let newest: Option<(String, i64)> = signing_keys::table
            .filter(signing_keys::algorithm.eq(&self.new.algorithm))
            .order(signing_keys::generation.desc())
            .select((signing_keys::id, signing_keys::generation))
            .first(connection)
            .optional()?;
        if newest.as_ref().map(|(id, _)| id) != self.expected_newest.as_ref() {
            return Ok(false);
        }
        let generation = newest.map_or(1, |(_, generation)| generation + 1);
        let new = KeyRow { generation, ..self.new.clone() };
        diesel::insert_into(signing_keys::table).values(new).execute(connection)?;
        for key in &self.changed {
            let dates = (
                signing_keys::signs_from.eq(key.signs_from),
                signing_keys::retired_at.eq(key.retired_at),
                signing_keys::drops_at.eq(key.drops_at),
            );
            diesel::update(signing_keys::table.find(&key.id)).set(dates).execute(connection)?;
        }
        let dropped = signing_keys::table.filter(signing_keys::drops_at.lt(self.now));
        diesel::delete(dropped).execute(connection)?;
        Ok(true)
    }
}

/// The row but for its generation, which is known when it is stored.
fn row_of(key: &StoredKey) -> KeyRow {
    let StoredKey { id, algorithm, sealed_jwk, created_at, signs_from, retired_at, drops_at } = key;
    KeyRow {
        id: id.as_str().to_owned(),
        algorithm: algorithm.as_str().to_owned(),
        generation: 0,
        sealed_jwk: sealed_jwk.clone(),
        created_at: created_at.0,
        signs_from: signs_from.0,
        retired_at: retired_at.map(|at| at.0),
        drops_at: drops_at.map(|at| at.0),
    }
}

impl TryFrom<KeyRow> for StoredKey {
    type Error = Fault;

    fn try_from(key: KeyRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "signing_keys", key: &key.id };
        Ok(Self {
            algorithm: row.column("algorithm", KeyAlgorithm::try_from(key.algorithm.as_str()))?,
            id: row.column("id", KeyId::parse(key.id.as_str()))?,
            sealed_jwk: key.sealed_jwk,
            created_at: time(key.created_at),
            signs_from: time(key.signs_from),
            retired_at: key.retired_at.map(time),
            drops_at: key.drops_at.map(time),
        })
    }
}
