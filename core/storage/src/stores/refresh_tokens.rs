//! Refresh tokens: their row, and how one is used (RFC 9700 4.14.2).

use super::access_tokens::AccessTokenRow;
use super::families;
use crate::abort::Abort;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time};
use crate::schema::{access_tokens, refresh_tokens, token_families};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::store::Rotation;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;

const PLACE: &str = "store.tokens";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub(super) struct RefreshTokenRow {
    hash: String,
    family: String,
    client_id: String,
    scope: String,
    issued_at: i64,
    expires_at: i64,
    pub(super) used_at: Option<i64>,
}

/// A rotation on its way to the database.
pub(super) struct Next {
    pub(super) old: String,
    pub(super) token: RefreshTokenRow,
    pub(super) opaque: Option<AccessTokenRow>,
    pub(super) now: i64,
}

impl Next {
    /// The two updates decide: the family lives, and of all that try, one finds the old token unused.
    pub(super) fn rotate(&self, connection: &mut AnyConnection) -> Result<Rotation, Abort> {
        let family = &self.token.family;
        let alive = token_families::table.find(family).filter(token_families::revoked_at.is_null());
        let ends = self.token.expires_at.into_sql::<BigInt>();
        let prolonged =
            diesel::dsl::case_when(token_families::expires_at.lt(ends), ends).otherwise(token_families::expires_at);
        if diesel::update(alive).set(token_families::expires_at.eq(prolonged)).execute(connection)? == 0 {
            return Ok(Rotation::Reused);
        }
        let unused = refresh_tokens::table
            .find(&self.old)
            .filter(refresh_tokens::family.eq(family))
            .filter(refresh_tokens::used_at.is_null());
        if diesel::update(unused).set(refresh_tokens::used_at.eq(Some(self.now))).execute(connection)? == 0 {
            families::revoke(connection, family, self.now)?;
            return Ok(Rotation::Reused);
        }
        diesel::insert_into(refresh_tokens::table).values(&self.token).execute(connection)?;
        if let Some(token) = &self.opaque {
            diesel::insert_into(access_tokens::table).values(token).execute(connection)?;
        }
        Ok(Rotation::Rotated)
    }
}

impl From<&RefreshToken> for RefreshTokenRow {
    fn from(token: &RefreshToken) -> Self {
        let RefreshToken { hash, family, client_id, scope, issued_at, expires_at } = token;
        Self {
            hash: hash.as_str().to_owned(),
            family: family.as_str().to_owned(),
            client_id: client_id.as_str().to_owned(),
            scope: scope.to_string(),
            issued_at: issued_at.0,
            expires_at: expires_at.0,
            used_at: None,
        }
    }
}

impl TryFrom<RefreshTokenRow> for RefreshToken {
    type Error = Fault;

    fn try_from(token: RefreshTokenRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "refresh_tokens", key: &token.hash };
        Ok(Self {
            family: row.column("family", FamilyId::parse(token.family))?,
            client_id: row.column("client_id", ClientId::try_from(token.client_id))?,
            scope: row.column("scope", Scope::parse(&token.scope))?,
            hash: row.column("hash", TokenHash::from_stored(token.hash.clone()))?,
            issued_at: time(token.issued_at),
            expires_at: time(token.expires_at),
        })
    }
}
