//! Token families, refresh tokens, opaque access tokens and revocations, as the port has them together.

use super::Tables;
use super::access_tokens::AccessTokenRow;
use super::client_families::{self, NOBODY};
use super::families::{self, FamilyRow};
use super::refresh_tokens::{Next, RefreshTokenRow};
use crate::abort::{Abort, is_taken};
use crate::schema::{access_tokens, refresh_tokens, revoked_access_tokens, token_families, used_assertions};
use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use gatewright_domain::access_token::OpaqueAccessToken;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::family::{ClientFamily, TokenFamily};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FamilyId, SessionId, Subject};
use gatewright_domain::refresh_token::{FoundRefreshToken, RefreshToken};
use gatewright_domain::store::{NextTokens, Rotation, TokenStore};
use gatewright_domain::token_hash::TokenHash;

const PLACE: &str = "store.tokens";

#[async_trait]
impl TokenStore for Tables {
    async fn family(&self, id: &FamilyId) -> Result<Option<TokenFamily>, Fault> {
        let id = id.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            let place = token_families::table.find(&id).filter(token_families::subject.ne(NOBODY));
            Ok(place.select(FamilyRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(TokenFamily::try_from).transpose()
    }

    async fn begin_client_family(&self, family: &ClientFamily) -> Result<(), Fault> {
        let row = FamilyRow::from(family);
        let begun = self.executor.statement(PLACE, move |connection| {
            inserted(diesel::insert_into(token_families::table).values(&row).execute(connection))
        });
        begun.await.map(|_| ())
    }

    async fn client_family(&self, id: &FamilyId) -> Result<Option<ClientFamily>, Fault> {
        let id = id.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| Ok(client_families::find(connection, &id)?));
        row.await?.map(ClientFamily::try_from).transpose()
    }

    async fn latest_families(&self, subject: &Subject, now: Timestamp) -> Result<Vec<TokenFamily>, Fault> {
        let subject = subject.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| Ok(families::latest(connection, &subject, now.0)?));
        rows.await?.into_iter().map(TokenFamily::try_from).collect()
    }

    async fn revoke_family(&self, id: &FamilyId, now: Timestamp) -> Result<(), Fault> {
        let id = id.as_str().to_owned();
        self.executor
            .statement(PLACE, move |connection| Ok(families::revoke(connection, &id, now.0).map(|_| ())?))
            .await
    }

    async fn revoke_session(&self, session: &SessionId, now: Timestamp) -> Result<u64, Fault> {
        let session = session.as_str().to_owned();
        self.executor
            .transaction(PLACE, move |connection| Ok(families::revoke_session(connection, &session, now.0)? as u64))
            .await
    }

    async fn find_refresh_token(&self, hash: &TokenHash) -> Result<Option<FoundRefreshToken>, Fault> {
        let hash = hash.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            let with_family = token_families::table.on(token_families::id.eq(refresh_tokens::family));
            Ok(refresh_tokens::table
                .inner_join(with_family)
                .filter(refresh_tokens::hash.eq(&hash))
                .select((RefreshTokenRow::as_select(), FamilyRow::as_select()))
                .get_result::<(RefreshTokenRow, FamilyRow)>(connection)
                .optional()?)
        });
        let Some((token, family)) = row.await? else { return Ok(None) };
        let used = token.used_at.is_some();
        let (token, family) = (RefreshToken::try_from(token)?, TokenFamily::try_from(family)?);
        Ok(Some(FoundRefreshToken { token, family, used }))
    }

    async fn rotate(&self, old: &TokenHash, next: &NextTokens, now: Timestamp) -> Result<Rotation, Fault> {
        let next = Next {
            old: old.as_str().to_owned(),
            token: RefreshTokenRow::from(&next.refresh_token),
            opaque: next.opaque.as_ref().map(AccessTokenRow::try_from).transpose()?,
            now: now.0,
        };
        self.executor.transaction(PLACE, move |connection| next.rotate(connection)).await
    }

    async fn issue_opaque(&self, token: &OpaqueAccessToken) -> Result<(), Fault> {
        let row = AccessTokenRow::try_from(token)?;
        self.executor
            .statement(PLACE, move |connection| {
                diesel::insert_into(access_tokens::table).values(&row).execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn find_opaque(&self, hash: &TokenHash) -> Result<Option<(OpaqueAccessToken, bool)>, Fault> {
        let hash = hash.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            let alive = token_families::table
                .on(token_families::id.nullable().eq(access_tokens::family).and(token_families::revoked_at.is_null()));
            let revoked = revoked_access_tokens::table.on(revoked_access_tokens::jti.eq(access_tokens::jti));
            Ok(access_tokens::table
                .left_join(alive)
                .left_join(revoked)
                .filter(access_tokens::hash.eq(&hash))
                .select((
                    AccessTokenRow::as_select(),
                    access_tokens::family.is_not_null().and(token_families::id.nullable().is_null()),
                    revoked_access_tokens::jti.nullable().is_not_null(),
                ))
                .get_result::<(AccessTokenRow, bool, bool)>(connection)
                .optional()?)
        });
        let Some((token, with_family, itself)) = row.await? else { return Ok(None) };
        Ok(Some((OpaqueAccessToken::try_from(token)?, with_family || itself)))
    }

    async fn revoke_access_token(&self, jti: &str, expires_at: Timestamp) -> Result<(), Fault> {
        let jti = jti.to_owned();
        let revoked = self.executor.statement(PLACE, move |connection| {
            let row = (revoked_access_tokens::jti.eq(&jti), revoked_access_tokens::expires_at.eq(expires_at.0));
            inserted(diesel::insert_into(revoked_access_tokens::table).values(row).execute(connection))
        });
        revoked.await.map(|_| ())
    }

    async fn is_revoked(&self, jti: &str, family: Option<&FamilyId>) -> Result<bool, Fault> {
        let jti = jti.to_owned();
        let Some(family) = family else {
            return self
                .executor
                .read(PLACE, move |connection| {
                    let itself = revoked_access_tokens::table.find(&jti);
                    Ok(diesel::select(exists(itself)).get_result(connection)?)
                })
                .await;
        };
        let family = family.as_str().to_owned();
        self.executor
            .read(PLACE, move |connection| {
                let itself = revoked_access_tokens::table.find(&jti);
                let alive = token_families::table.find(&family).filter(token_families::revoked_at.is_null());
                let revoked = exists(itself).or(diesel::dsl::not(exists(alive)));
                Ok(diesel::select(revoked).get_result(connection)?)
            })
            .await
    }

    async fn remember_assertion(&self, jti: &TokenHash, expires_at: Timestamp) -> Result<bool, Fault> {
        let jti = jti.as_str().to_owned();
        self.executor
            .statement(PLACE, move |connection| {
                let row = (used_assertions::jti.eq(&jti), used_assertions::expires_at.eq(expires_at.0));
                inserted(diesel::insert_into(used_assertions::table).values(row).execute(connection))
            })
            .await
    }
}

/// Whether a row was inserted, rather than there already.
fn inserted(outcome: QueryResult<usize>) -> Result<bool, Abort> {
    match outcome {
        Err(error) if is_taken(&error) => Ok(false),
        outcome => Ok(outcome.map(|_| true)?),
    }
}
