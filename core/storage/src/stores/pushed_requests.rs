//! Pushed authorization requests.

use super::Tables;
use crate::rows::{RowName, time, to_document};
use crate::schema::pushed_requests;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::store::PushedRequestStore;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::params::Params;
use gatewright_protocol::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};

const PLACE: &str = "store.pushed_requests";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = pushed_requests)]
struct PushedRow {
    hash: String,
    client_id: String,
    expires_at: i64,
    kept_until: i64,
    document: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PushedDocument {
    /// As a form has them.
    parameters: String,
    signed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_jkt: Option<Thumbprint>,
}

#[async_trait]
impl PushedRequestStore for Tables {
    async fn push(&self, request: &PushedRequest) -> Result<(), Fault> {
        let row = PushedRow::try_from(request)?;
        self.executor
            .statement(PLACE, move |connection| {
                diesel::insert_into(pushed_requests::table).values(&row).execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn find(&self, hash: &TokenHash) -> Result<Option<(PushedRequest, bool)>, Fault> {
        let hash = hash.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            Ok(pushed_requests::table
                .find(&hash)
                .select((PushedRow::as_select(), pushed_requests::completed_at.is_not_null()))
                .get_result::<(PushedRow, bool)>(connection)
                .optional()?)
        });
        let Some((row, completed)) = row.await? else { return Ok(None) };
        Ok(Some((PushedRequest::try_from(row)?, completed)))
    }

    async fn complete(&self, hash: &TokenHash, now: Timestamp) -> Result<bool, Fault> {
        let hash = hash.as_str().to_owned();
        self.executor
            .statement(PLACE, move |connection| {
                let open = pushed_requests::table.find(&hash).filter(pushed_requests::completed_at.is_null());
                let mark = pushed_requests::completed_at.eq(Some(now.0));
                Ok(diesel::update(open).set(mark).execute(connection)? > 0)
            })
            .await
    }
}

impl TryFrom<&PushedRequest> for PushedRow {
    type Error = Fault;

    fn try_from(request: &PushedRequest) -> Result<Self, Fault> {
        let PushedRequest { hash, client_id, parameters, signed, dpop_jkt, expires_at, kept_until } = request;
        let document = PushedDocument { parameters: parameters.to_form(), signed: *signed, dpop_jkt: dpop_jkt.clone() };
        Ok(Self {
            hash: hash.as_str().to_owned(),
            client_id: client_id.as_str().to_owned(),
            expires_at: expires_at.0,
            kept_until: kept_until.0,
            document: to_document(PLACE, &document)?,
        })
    }
}

impl TryFrom<PushedRow> for PushedRequest {
    type Error = Fault;

    fn try_from(pushed: PushedRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "pushed_requests", key: &pushed.hash };
        let PushedDocument { parameters, signed, dpop_jkt } = row.document(&pushed.document)?;
        Ok(Self {
            client_id: row.column("client_id", ClientId::try_from(pushed.client_id))?,
            parameters: row.column("document", Params::parse_form(parameters.as_bytes()))?,
            hash: row.column("hash", TokenHash::from_stored(pushed.hash.clone()))?,
            signed,
            dpop_jkt,
            expires_at: time(pushed.expires_at),
            kept_until: time(pushed.kept_until),
        })
    }
}
