//! Opaque access tokens: their row.

use crate::rows::{RowName, time, to_document};
use crate::schema::access_tokens;
use diesel::prelude::*;
use gatewright_domain::access_token::{AccessTokenMeaning, OpaqueAccessToken};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FamilyId, Subject};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const PLACE: &str = "store.tokens";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = access_tokens, treat_none_as_default_value = false)]
pub(super) struct AccessTokenRow {
    hash: String,
    jti: String,
    family: Option<String>,
    client_id: String,
    subject: Option<String>,
    issued_at: i64,
    expires_at: i64,
    document: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessTokenDocument {
    scope: Scope,
    audience: Vec<String>,
    claims: Map<String, Value>,
}

impl TryFrom<&OpaqueAccessToken> for AccessTokenRow {
    type Error = Fault;

    fn try_from(token: &OpaqueAccessToken) -> Result<Self, Fault> {
        let OpaqueAccessToken { hash, meaning } = token;
        let AccessTokenMeaning { id, family, client_id, subject, scope, audience, issued_at, expires_at, claims } =
            meaning;
        let document = AccessTokenDocument { scope: scope.clone(), audience: audience.clone(), claims: claims.clone() };
        Ok(Self {
            hash: hash.as_str().to_owned(),
            jti: id.clone(),
            family: family.as_ref().map(|family| family.as_str().to_owned()),
            client_id: client_id.as_str().to_owned(),
            subject: subject.as_ref().map(|subject| subject.as_str().to_owned()),
            issued_at: issued_at.0,
            expires_at: expires_at.0,
            document: to_document(PLACE, &document)?,
        })
    }
}

impl TryFrom<AccessTokenRow> for OpaqueAccessToken {
    type Error = Fault;

    fn try_from(token: AccessTokenRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "access_tokens", key: &token.hash };
        let AccessTokenDocument { scope, audience, claims } = row.document(&token.document)?;
        let meaning = AccessTokenMeaning {
            id: token.jti,
            family: row.column("family", token.family.map(FamilyId::parse).transpose())?,
            client_id: row.column("client_id", ClientId::try_from(token.client_id))?,
            subject: row.column("subject", token.subject.map(Subject::parse).transpose())?,
            scope,
            audience,
            issued_at: time(token.issued_at),
            expires_at: time(token.expires_at),
            claims,
        };
        Ok(Self { hash: row.column("hash", TokenHash::from_stored(token.hash.clone()))?, meaning })
    }
}
