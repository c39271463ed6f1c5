//! What was decided under a bundle. Everything that is issued carries the digest in a column of its own.

use super::client_families::NOBODY;
use super::{Tables, logouts};
use crate::abort::Abort;
use crate::connection::AnyConnection;
use crate::rows::time;
use crate::schema::{access_tokens, authorization_codes, interactions, sessions, token_families};
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{Issued, IssuedCount, IssuedKind, IssuedStore, SWEEP_BATCH_MAX};

const PLACE: &str = "store.issued";
const BATCH: i64 = SWEEP_BATCH_MAX as i64;

#[async_trait]
impl IssuedStore for Tables {
    async fn count(&self, digest: &BundleDigest, now: Timestamp) -> Result<IssuedCount, Fault> {
        let digest = digest.as_str().to_owned();
        self.executor.read(PLACE, move |connection| Ok(count(connection, &digest, now.0)?)).await
    }

    async fn list(&self, digest: &BundleDigest, now: Timestamp, limit: usize) -> Result<Vec<Issued>, Fault> {
        let digest = digest.as_str().to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.executor.read(PLACE, move |connection| Ok(list(connection, &digest, now.0, limit)?)).await
    }

    /// Sessions last: what began in one is found by it.
    async fn end(&self, digest: &BundleDigest, now: Timestamp) -> Result<IssuedCount, Fault> {
        let mut ended = IssuedCount::default();
        let run = |what: fn(&mut AnyConnection, &str, i64) -> Result<usize, Abort>| {
            let digest = digest.as_str().to_owned();
            self.executor.transaction(PLACE, move |connection| what(connection, &digest, now.0))
        };
        ended.interactions = run(end_interactions).await? as u64;
        ended.codes = run(end_codes).await? as u64;
        ended.families = run(end_families).await? as u64;
        if ended.codes == 0 && ended.families == 0 {
            ended.sessions = run(end_sessions).await? as u64;
        }
        Ok(ended)
    }
}

/// What carries the digest, or began in a session that does.
macro_rules! issued {
    ($table:ident, $digest:expr) => {{
        let begun = sessions::table.filter(sessions::bundle.eq($digest)).select(sessions::id);
        $table::table.filter($table::bundle.eq($digest).or($table::session.eq_any(begun)))
    }};
}

/// The codes that could be redeemed.
macro_rules! codes {
    ($digest:expr, $now:expr) => {
        issued!(authorization_codes, $digest)
            .filter(authorization_codes::redeemed_at.is_null())
            .filter(authorization_codes::expires_at.gt($now))
    };
}

/// The families that live.
macro_rules! families {
    ($digest:expr, $now:expr) => {
        issued!(token_families, $digest)
            .filter(token_families::revoked_at.is_null())
            .filter(token_families::expires_at.gt($now))
    };
}

fn count(connection: &mut AnyConnection, digest: &str, now: i64) -> QueryResult<IssuedCount> {
    let counted = |count: i64| u64::try_from(count).unwrap_or(0);
    let unfinished =
        interactions::table.filter(interactions::bundle.eq(digest)).filter(interactions::expires_at.gt(now));
    let live = sessions::table.filter(sessions::bundle.eq(digest)).filter(sessions::expires_at.gt(now));
    let of = families!(digest, now).select(token_families::id.nullable());
    let opaque =
        access_tokens::table.filter(access_tokens::expires_at.gt(now)).filter(access_tokens::family.eq_any(of));
    Ok(IssuedCount {
        interactions: counted(unfinished.count().get_result(connection)?),
        sessions: counted(live.count().get_result(connection)?),
        codes: counted(codes!(digest, now).count().get_result(connection)?),
        families: counted(families!(digest, now).count().get_result(connection)?),
        opaque_tokens: counted(opaque.count().get_result(connection)?),
    })
}

fn list(connection: &mut AnyConnection, digest: &str, now: i64, limit: i64) -> QueryResult<Vec<Issued>> {
    let mut listed = Vec::new();
    let live = sessions::table.filter(sessions::bundle.eq(digest)).filter(sessions::expires_at.gt(now));
    let live = live.order((sessions::created_at.desc(), sessions::id)).limit(limit);
    let rows: Vec<(String, String, i64)> =
        live.select((sessions::id, sessions::subject, sessions::created_at)).load(connection)?;
    listed.extend(rows.into_iter().map(|(id, subject, at)| of(IssuedKind::Session, id, subject, None, at)));
    let codes = codes!(digest, now).order((authorization_codes::issued_at.desc(), authorization_codes::family));
    let columns = (
        authorization_codes::family,
        authorization_codes::subject,
        authorization_codes::client_id,
        authorization_codes::issued_at,
    );
    let rows: Vec<(String, String, String, i64)> = codes.limit(limit).select(columns).load(connection)?;
    listed
        .extend(rows.into_iter().map(|(id, subject, client, at)| of(IssuedKind::Code, id, subject, Some(client), at)));
    let families = families!(digest, now).order((token_families::created_at.desc(), token_families::id));
    let columns = (token_families::id, token_families::subject, token_families::client_id, token_families::created_at);
    let rows: Vec<(String, String, String, i64)> = families.limit(limit).select(columns).load(connection)?;
    listed.extend(rows.into_iter().map(|(id, subject, client, at)| {
        let subject = if subject == NOBODY { client.clone() } else { subject };
        of(IssuedKind::Family, id, subject, Some(client), at)
    }));
    Ok(listed)
}

fn of(kind: IssuedKind, id: String, subject: String, client: Option<String>, issued_at: i64) -> Issued {
    Issued { kind, id, subject, client, issued_at: time(issued_at) }
}

/// Gone: whoever is in the middle of one begins anew, on what is live.
fn end_interactions(connection: &mut AnyConnection, digest: &str, _now: i64) -> Result<usize, Abort> {
    let of = interactions::table.filter(interactions::bundle.eq(digest)).select(interactions::id).limit(BATCH);
    let ids: Vec<String> = of.load(connection)?;
    Ok(diesel::delete(interactions::table.filter(interactions::id.eq_any(ids))).execute(connection)?)
}

/// Codes that nobody has redeemed go. The predicate is in the statement that deletes: of a redemption at the same
/// moment, the family is found by the next call.
fn end_codes(connection: &mut AnyConnection, digest: &str, now: i64) -> Result<usize, Abort> {
    let hashes: Vec<String> = codes!(digest, now).select(authorization_codes::hash).limit(BATCH).load(connection)?;
    let place = authorization_codes::table
        .filter(authorization_codes::hash.eq_any(hashes))
        .filter(authorization_codes::redeemed_at.is_null());
    Ok(diesel::delete(place).execute(connection)?)
}

fn end_families(connection: &mut AnyConnection, digest: &str, now: i64) -> Result<usize, Abort> {
    let ids: Vec<String> = families!(digest, now).select(token_families::id).limit(BATCH).load(connection)?;
    let place =
        token_families::table.filter(token_families::id.eq_any(ids)).filter(token_families::revoked_at.is_null());
    Ok(diesel::update(place).set(token_families::revoked_at.eq(Some(now))).execute(connection)?)
}

fn end_sessions(connection: &mut AnyConnection, digest: &str, now: i64) -> Result<usize, Abort> {
    let of = sessions::table.filter(sessions::bundle.eq(digest)).select((sessions::cookie, sessions::id)).limit(BATCH);
    let (cookies, ids): (Vec<String>, Vec<String>) = of.load::<(String, String)>(connection)?.into_iter().unzip();
    let ended = diesel::delete(sessions::table.filter(sessions::cookie.eq_any(cookies))).execute(connection)?;
    // A session that another authentication has renewed meanwhile goes on under its name.
    let living = sessions::table.filter(sessions::id.eq_any(&ids)).select(sessions::id);
    let living: Vec<String> = living.load(connection)?;
    let gone: Vec<String> = ids.into_iter().filter(|id| !living.contains(id)).collect();
    logouts::fall_due(connection, &gone, now)?;
    Ok(ended)
}
