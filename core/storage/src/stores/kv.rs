//! Values of bindings. A whole number has a column of its own, so that the database itself can add to it.

use super::Tables;
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::RowName;
use crate::schema::kv_values;
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use serde_json::Value;

const PLACE: &str = "store.kv";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = kv_values, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Stored {
    number: Option<i64>,
    json: Option<String>,
    expires_at: i64,
}

/// Whose value: namespace and key.
type Place = (String, String);

#[async_trait]
impl KeyValue for Tables {
    async fn call(&self, namespace: &str, call: &KvCall, now: Timestamp) -> Result<Value, Fault> {
        let place = |key: &String| (namespace.to_owned(), key.clone());
        match call {
            KvCall::Get { key } => {
                let place = place(key);
                self.executor.read(PLACE, move |connection| get(connection, &place, now)).await
            }
            KvCall::Put { key, value, ttl_s } => {
                let (place, stored) = (place(key), stored(value, now.plus(*ttl_s)));
                self.executor.transaction(PLACE, move |connection| put(connection, &place, &stored)).await?;
                Ok(Value::Null)
            }
            KvCall::Delete { key } => {
                let (namespace, key) = place(key);
                let deleted = self.executor.statement(PLACE, move |connection| {
                    Ok(diesel::delete(kv_values::table.find((&namespace, &key))).execute(connection)?)
                });
                deleted.await.map(|_| Value::Null)
            }
            KvCall::Add { key, by, ttl_s } => {
                let addition = Addition { place: place(key), by: *by, now: now.0, expires_at: now.plus(*ttl_s).0 };
                let sum = self.executor.transaction(PLACE, move |connection| addition.add(connection)).await?;
                Ok(sum.into())
            }
        }
    }
}

fn stored(value: &Value, expires_at: Timestamp) -> Stored {
    let number = value.as_i64();
    let json = if number.is_some() { None } else { Some(value.to_string()) };
    Stored { number, json, expires_at: expires_at.0 }
}

fn get(connection: &mut AnyConnection, (namespace, key): &Place, now: Timestamp) -> Result<Value, Abort> {
    let alive = kv_values::table.find((namespace, key)).filter(kv_values::expires_at.gt(now.0));
    let found = alive.select(Stored::as_select()).get_result(connection).optional()?;
    Ok(match found {
        None => Value::Null,
        Some(Stored { number: Some(number), .. }) => number.into(),
        Some(Stored { json, .. }) => {
            let row = RowName { place: PLACE, table: "kv_values", key: &format!("{namespace} {key}") };
            row.document(&json.unwrap_or_default())?
        }
    })
}

fn put(connection: &mut AnyConnection, (namespace, key): &Place, stored: &Stored) -> Result<(), Abort> {
    if diesel::update(kv_values::table.find((namespace, key))).set(stored).execute(connection)? > 0 {
        return Ok(());
    }
    let row = (
        kv_values::namespace.eq(namespace),
        kv_values::key.eq(key),
        kv_values::number.eq(stored.number),
        kv_values::json.eq(&stored.json),
        kv_values::expires_at.eq(stored.expires_at),
    );
    match diesel::insert_into(kv_values::table).values(row).execute(connection) {
        Err(error) if is_taken(&error) => Err(Abort::Again),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

/// An addition on its way to the database.
struct Addition {
    place: Place,
    by: i64,
    now: i64,
    expires_at: i64,
}

impl Addition {
    /// Adds to a living number, or else begins one.
    fn add(&self, connection: &mut AnyConnection) -> Result<i64, Abort> {
        if self.add_to_living(connection)? {
            let (namespace, key) = &self.place;
            let place = kv_values::table.find((namespace, key));
            let sum: Option<i64> = place.select(kv_values::number).get_result(connection)?;
            return sum.ok_or_else(|| Fault::new(PLACE, "a number that was added to is gone").into());
        }
        self.begin(connection)?;
        Ok(self.by)
    }

    /// One statement reads, adds and writes. A sum past the largest or smallest number stays there.
    fn add_to_living(&self, connection: &mut AnyConnection) -> QueryResult<bool> {
        let (namespace, key) = &self.place;
        let living = kv_values::table
            .find((namespace, key))
            .filter(kv_values::expires_at.gt(self.now))
            .filter(kv_values::number.is_not_null());
        let sum = kv_values::number + self.by;
        let updated = if self.by >= 0 {
            let most = Some(i64::MAX - self.by);
            let bounded = case_when(kv_values::number.gt(most), Some(i64::MAX)).otherwise(sum);
            diesel::update(living).set(kv_values::number.eq(bounded)).execute(connection)?
        } else {
            let least = Some(i64::MIN - self.by);
            let bounded = case_when(kv_values::number.lt(least), Some(i64::MIN)).otherwise(sum);
            diesel::update(living).set(kv_values::number.eq(bounded)).execute(connection)?
        };
        Ok(updated > 0)
    }

    /// Puts the number where nothing lives: over what has expired or is no number, or as a new row. Whoever
    /// is there first makes the others begin again, and add.
    fn begin(&self, connection: &mut AnyConnection) -> Result<(), Abort> {
        let (namespace, key) = &self.place;
        let stored = Stored { number: Some(self.by), json: None, expires_at: self.expires_at };
        let dead = kv_values::table
            .find((namespace, key))
            .filter(kv_values::expires_at.le(self.now).or(kv_values::number.is_null()));
        if diesel::update(dead).set(&stored).execute(connection)? > 0 {
            return Ok(());
        }
        let row = (
            kv_values::namespace.eq(namespace),
            kv_values::key.eq(key),
            kv_values::number.eq(stored.number),
            kv_values::json.eq(&stored.json),
            kv_values::expires_at.eq(stored.expires_at),
        );
        match diesel::insert_into(kv_values::table).values(row).execute(connection) {
            Err(error) if is_taken(&error) => Err(Abort::Again),
            outcome => Ok(outcome.map(|_| ())?),
        }
    }
}
