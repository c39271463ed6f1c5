//! Token families: their row, and how they are revoked.

use super::OFFLINE_ACCESS;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::{authorization_codes, token_families};
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::confirmation::Confirmation;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, FamilyId, SessionId, Subject, TraceId};
use gatewright_domain::store::LISTED_MAX;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

const PLACE: &str = "store.tokens";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = token_families, treat_none_as_default_value = false)]
pub(super) struct FamilyRow {
    pub(super) id: String,
    pub(super) client_id: String,
    pub(super) subject: String,
    pub(super) session: String,
    pub(super) bundle: String,
    pub(super) offline: bool,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) revoked_at: Option<i64>,
    pub(super) document: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilyDocument {
    acr: Acr,
    amr: Vec<Amr>,
    auth_time: Timestamp,
    scope: Scope,
    claims: Option<ClaimsRequest>,
    #[serde(default, skip_serializing_if = "Confirmation::is_none")]
    confirmation: Confirmation,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<TraceId>,
}

/// Revokes a family, unless it is.
pub(super) fn revoke(connection: &mut AnyConnection, id: &str, now: i64) -> QueryResult<usize> {
    let place = token_families::table.find(id).filter(token_families::revoked_at.is_null());
    diesel::update(place).set(token_families::revoked_at.eq(Some(now))).execute(connection)
}

/// Revokes what began in a session and is not meant to outlive it, and removes codes of which it would
/// begin; answers how many families.
pub(super) fn revoke_session(connection: &mut AnyConnection, session: &str, now: i64) -> QueryResult<usize> {
    let codes = authorization_codes::table
        .filter(authorization_codes::session.eq(session))
        .filter(authorization_codes::redeemed_at.is_null())
        .filter(authorization_codes::offline.eq(false));
    diesel::delete(codes).execute(connection)?;
    let families = token_families::table
        .filter(token_families::session.eq(session))
        .filter(token_families::revoked_at.is_null())
        .filter(token_families::offline.eq(false));
    diesel::update(families).set(token_families::revoked_at.eq(Some(now))).execute(connection)
}

/// Revokes what a client has on behalf of a subject, and removes codes of which more would begin; answers how many of both.
pub(super) fn revoke_client(
    connection: &mut AnyConnection,
    (subject, client): &(String, String),
    now: i64,
) -> QueryResult<usize> {
    let codes = authorization_codes::table
        .filter(authorization_codes::subject.eq(subject))
        .filter(authorization_codes::client_id.eq(client))
        .filter(authorization_codes::redeemed_at.is_null());
    let codes = diesel::delete(codes).execute(connection)?;
    let families = token_families::table
        .filter(token_families::subject.eq(subject))
        .filter(token_families::client_id.eq(client))
        .filter(token_families::revoked_at.is_null());
    Ok(diesel::update(families).set(token_families::revoked_at.eq(Some(now))).execute(connection)? + codes)
}

/// Of each client that has a family of `subject` which lives, the one that began last.
pub(super) fn latest(connection: &mut AnyConnection, subject: &str, now: i64) -> QueryResult<Vec<FamilyRow>> {
    let lives = token_families::subject
        .eq(subject)
        .and(token_families::revoked_at.is_null())
        .and(token_families::expires_at.gt(now));
    let clients = token_families::table.filter(lives).select(token_families::client_id).distinct();
    let clients = clients.order(token_families::client_id).limit(LISTED_MAX as i64).get_results(connection)?;
    let mut latest = Vec::new();
    for client in clients {
        let client: String = client;
        let of = token_families::table.filter(lives).filter(token_families::client_id.eq(client));
        let newest = of.order((token_families::created_at.desc(), token_families::id.desc())).limit(1);
        latest.extend(newest.select(FamilyRow::as_select()).get_result(connection).optional()?);
    }
    Ok(latest)
}

impl TryFrom<&TokenFamily> for FamilyRow {
    type Error = Fault;

    fn try_from(family: &TokenFamily) -> Result<Self, Fault> {
        let TokenFamily {
            id,
            client_id,
            authentication: AuthenticationContext { subject, session, acr, amr, auth_time },
            scope,
            claims,
            confirmation,
            bundle,
            trace,
            created_at,
            expires_at,
            revoked_at,
        } = family;
        let document = FamilyDocument {
            acr: acr.clone(),
            amr: amr.clone(),
            auth_time: *auth_time,
            scope: scope.clone(),
            claims: claims.clone(),
            confirmation: confirmation.clone(),
            trace: trace.clone(),
        };
        Ok(Self {
            id: id.as_str().to_owned(),
            client_id: client_id.as_str().to_owned(),
            subject: subject.as_str().to_owned(),
            session: session.as_str().to_owned(),
            bundle: bundle.as_str().to_owned(),
            offline: scope.contains(OFFLINE_ACCESS),
            created_at: created_at.0,
            expires_at: expires_at.0,
            revoked_at: revoked_at.map(|at| at.0),
            document: to_document(PLACE, &document)?,
        })
    }
}

impl TryFrom<FamilyRow> for TokenFamily {
    type Error = Fault;

    fn try_from(family: FamilyRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "token_families", key: &family.id };
        let FamilyDocument { acr, amr, auth_time, scope, claims, confirmation, trace } =
            row.document(&family.document)?;
        let subject = row.column("subject", Subject::parse(family.subject))?;
        let session = row.column("session", SessionId::parse(family.session))?;
        Ok(Self {
            client_id: row.column("client_id", ClientId::try_from(family.client_id))?,
            bundle: row.column("bundle", BundleDigest::parse(family.bundle))?,
            id: row.column("id", FamilyId::parse(family.id.as_str()))?,
            authentication: AuthenticationContext { subject, session, acr, amr, auth_time },
            scope,
            claims,
            confirmation,
            trace,
            created_at: time(family.created_at),
            expires_at: time(family.expires_at),
            revoked_at: family.revoked_at.map(time),
        })
    }
}
