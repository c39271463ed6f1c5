//! Families of what clients get for themselves. They are rows of `token_families` without an end-user: `subject` and
//! `session` are empty, so that nothing that is done to an end-user or a session meets them, and all else does.

use super::families::FamilyRow;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time};
use crate::schema::token_families;
use diesel::prelude::*;
use gatewright_domain::family::ClientFamily;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, FamilyId};
use gatewright_protocol::client_id::ClientId;

const PLACE: &str = "store.tokens";
/// Stands in both columns for an end-user that is not there. No identifier is empty.
pub(super) const NOBODY: &str = "";

/// The family of that name, if it is a client's own.
pub(super) fn find(connection: &mut AnyConnection, id: &str) -> QueryResult<Option<FamilyRow>> {
    let place = token_families::table.find(id).filter(token_families::subject.eq(NOBODY));
    place.select(FamilyRow::as_select()).get_result(connection).optional()
}

impl From<&ClientFamily> for FamilyRow {
    fn from(family: &ClientFamily) -> Self {
        let ClientFamily { id, client_id, bundle, created_at, expires_at, revoked_at } = family;
        Self {
            id: id.as_str().to_owned(),
            client_id: client_id.as_str().to_owned(),
            subject: NOBODY.to_owned(),
            session: NOBODY.to_owned(),
            bundle: bundle.as_str().to_owned(),
            offline: false,
            created_at: created_at.0,
            expires_at: expires_at.0,
            revoked_at: revoked_at.map(|at| at.0),
            document: "{}".to_owned(),
        }
    }
}

impl TryFrom<FamilyRow> for ClientFamily {
    type Error = Fault;

    fn try_from(family: FamilyRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "token_families", key: &family.id };
        Ok(Self {
            client_id: row.column("client_id", ClientId::try_from(family.client_id))?,
            bundle: row.column("bundle", BundleDigest::parse(family.bundle))?,
            id: row.column("id", FamilyId::parse(family.id.as_str()))?,
            created_at: time(family.created_at),
            expires_at: time(family.expires_at),
            revoked_at: family.revoked_at.map(time),
        })
    }
}
