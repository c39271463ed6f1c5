//! Removal of what has expired: one small transaction a table, so that others get their turn between.

use super::Tables;
use super::sweep_bundles::sweep_bundles;
use crate::abort::Abort;
use crate::connection::AnyConnection;
use crate::schema::{
    access_tokens, authorization_codes, consents, factors, interactions, kv_values, nodes, pushed_requests,
    refresh_tokens, revoked_access_tokens, security_events, session_clients, sessions, token_families, tries,
    used_assertions,
};
use async_trait::async_trait;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{NODE_FORGOTTEN_S, SWEEP_BATCH_MAX, Sweeper};

const PLACE: &str = "store.sweep";
const BATCH: i64 = SWEEP_BATCH_MAX as i64;

/// Deletes the longest expired rows of a table whose key is one column.
macro_rules! sweep {
    ($table:ident by $key:ident) => {
        sweep!($table by $key after expires_at)
    };
    ($table:ident by $key:ident after $end:ident) => {
        |connection: &mut AnyConnection, now: i64| {
            let expired = diesel::alias!($table as expired);
            let keys = expired
                .filter(expired.field($table::$end).le(now))
                .order(expired.field($table::$end))
                .limit(BATCH)
                .select(expired.field($table::$key));
            diesel::delete($table::table.filter($table::$key.eq_any(keys))).execute(connection)
        }
    };
}

/// The tables that are swept in one statement.
const SWEEPS: [fn(&mut AnyConnection, i64) -> QueryResult<usize>; 13] = [
    sweep!(interactions by id),
    sweep!(pushed_requests by hash after kept_until),
    sweep!(refresh_tokens by hash),
    sweep_families,
    sweep!(access_tokens by hash),
    sweep!(revoked_access_tokens by jti),
    sweep!(used_assertions by jti),
    sweep!(tries by key),
    sweep!(security_events by id),
    sweep_consents,
    sweep!(factors by id after pending_until),
    sweep_kv_values,
    sweep_nodes,
];

#[async_trait]
impl Sweeper for Tables {
    async fn sweep(&self, now: Timestamp) -> Result<u64, Fault> {
        let codes = self.executor.transaction(PLACE, move |connection| sweep_codes(connection, now.0));
        let mut swept = codes.await?;
        let sessions = self.executor.transaction(PLACE, move |connection| Ok(sweep_sessions(connection, now.0)?));
        swept += sessions.await?;
        for sweep in SWEEPS {
            swept += self.executor.statement(PLACE, move |connection| Ok(sweep(connection, now.0)?)).await?;
        }
        let bundles = self.executor.transaction(PLACE, move |connection| sweep_bundles(connection, now));
        Ok((swept + bundles.await?) as u64)
    }
}

/// A redeemed code stays while its family can still be revoked by a replay: one whose family was prolonged
/// is put off to the family's end, so that no sweep meets it again before.
fn sweep_codes(connection: &mut AnyConnection, now: i64) -> Result<usize, Abort> {
    let living = token_families::table
        .on(token_families::id.eq(authorization_codes::family).and(token_families::expires_at.gt(now)));
    let ended: Vec<(String, Option<i64>)> = authorization_codes::table
        .left_join(living)
        .filter(authorization_codes::kept_until.le(now))
        .order(authorization_codes::kept_until)
        .limit(BATCH)
        .select((authorization_codes::hash, token_families::expires_at.nullable()))
        .load(connection)?;
    let mut dead = Vec::new();
    for (hash, family_ends) in ended {
        match family_ends {
            None => dead.push(hash),
            Some(until) => {
                let place = authorization_codes::table.find(hash);
                diesel::update(place).set(authorization_codes::kept_until.eq(until)).execute(connection)?;
            }
        }
    }
    let dead = authorization_codes::table.filter(authorization_codes::hash.eq_any(dead));
    Ok(diesel::delete(dead).execute(connection)?)
}

/// Its clients go with an expired session, and are not counted; those of one that was ended stay until they are told.
fn sweep_sessions(connection: &mut AnyConnection, now: i64) -> QueryResult<usize> {
    let expired = sessions::table.filter(sessions::expires_at.le(now)).order(sessions::expires_at).limit(BATCH);
    let expired: Vec<(String, String)> = expired.select((sessions::cookie, sessions::id)).load(connection)?;
    let (cookies, ids): (Vec<String>, Vec<String>) = expired.into_iter().unzip();
    let swept = diesel::delete(sessions::table.filter(sessions::cookie.eq_any(cookies))).execute(connection)?;
    if swept > 0 {
        // An authentication may have renewed one under its name meanwhile.
        let renewed = sessions::table.filter(sessions::id.eq(session_clients::session));
        let noted = session_clients::table
            .filter(session_clients::session.eq_any(ids))
            .filter(session_clients::next_try_at.is_null())
            .filter(not(exists(renewed)));
        diesel::delete(noted).execute(connection)?;
    }
    Ok(swept)
}

/// A family goes after the last of its refresh tokens, which would go with it uncounted.
fn sweep_families(connection: &mut AnyConnection, now: i64) -> QueryResult<usize> {
    let expired = diesel::alias!(token_families as expired);
    let tokens = refresh_tokens::table.filter(refresh_tokens::family.eq(expired.field(token_families::id)));
    let keys = expired
        .filter(expired.field(token_families::expires_at).le(now))
        .filter(not(exists(tokens)))
        .order(expired.field(token_families::expires_at))
        .limit(BATCH)
        .select(expired.field(token_families::id));
    diesel::delete(token_families::table.filter(token_families::id.eq_any(keys))).execute(connection)
}

// Diesel has no IN for keys of two columns.

fn sweep_consents(connection: &mut AnyConnection, now: i64) -> QueryResult<usize> {
    let expired = sql::<Bool>("(subject, client_id) IN (SELECT subject, client_id FROM consents WHERE expires_at <= ")
        .bind::<BigInt, _>(now)
        .sql(" ORDER BY expires_at LIMIT ")
        .bind::<BigInt, _>(BATCH)
        .sql(")");
    diesel::delete(consents::table.filter(expired)).execute(connection)
}

fn sweep_kv_values(connection: &mut AnyConnection, now: i64) -> QueryResult<usize> {
    let expired = sql::<Bool>("(namespace, key) IN (SELECT namespace, key FROM kv_values WHERE expires_at <= ")
        .bind::<BigInt, _>(now)
        .sql(" ORDER BY expires_at LIMIT ")
        .bind::<BigInt, _>(BATCH)
        .sql(")");
    diesel::delete(kv_values::table.filter(expired)).execute(connection)
}

/// Nodes that ended without a word.
fn sweep_nodes(connection: &mut AnyConnection, now: i64) -> QueryResult<usize> {
    let silent = nodes::seen_at.le(Timestamp(now).minus(NODE_FORGOTTEN_S).0);
    diesel::delete(nodes::table.filter(silent)).execute(connection)
}
