//! Authorization codes.

use super::access_tokens::AccessTokenRow;
use super::families::{self, FamilyRow};
use super::logouts::SignedInRow;
use super::refresh_tokens::RefreshTokenRow;
use super::{OFFLINE_ACCESS, Tables, logouts, sessions};
use crate::abort::Abort;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::{access_tokens, authorization_codes, refresh_tokens, token_families};
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::{AuthenticationContext, AuthorizationCode, Issuance, Redemption};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, FamilyId, SessionId, Subject, TraceId};
use gatewright_domain::logout::SignedIn;
use gatewright_domain::store::{CodeStore, FirstTokens};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::nonce::Nonce;
use gatewright_protocol::pkce::CodeChallenge;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};

const PLACE: &str = "store.codes";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = authorization_codes)]
struct CodeRow {
    hash: String,
    family: String,
    client_id: String,
    subject: String,
    session: String,
    bundle: String,
    offline: bool,
    issued_at: i64,
    expires_at: i64,
    kept_until: i64,
    document: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeDocument {
    redirect_uri: RedirectUri,
    challenge: Option<CodeChallenge>,
    nonce: Option<Nonce>,
    acr: Acr,
    amr: Vec<Amr>,
    auth_time: Timestamp,
    scope: Scope,
    claims: Option<ClaimsRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_jkt: Option<Thumbprint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<TraceId>,
}

#[async_trait]
impl CodeStore for Tables {
    async fn issue(&self, code: &AuthorizationCode, signed_in: Option<&SignedIn>) -> Result<Issuance, Fault> {
        let row = CodeRow::try_from(code)?;
        let signed_in = signed_in.map(SignedInRow::from);
        self.executor
            .transaction(PLACE, move |connection| {
                if !sessions::holds(connection, &row.session, row.issued_at)? {
                    return Ok(Issuance::SessionEnded);
                }
                if let Some(signed_in) = &signed_in {
                    logouts::note(connection, signed_in)?;
                }
                diesel::insert_into(authorization_codes::table).values(&row).execute(connection)?;
                Ok(Issuance::Issued)
            })
            .await
    }

    async fn find(&self, hash: &TokenHash) -> Result<Option<AuthorizationCode>, Fault> {
        let hash = hash.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            Ok(authorization_codes::table.find(&hash).select(CodeRow::as_select()).get_result(connection).optional()?)
        });
        row.await?.map(AuthorizationCode::try_from).transpose()
    }

    async fn redeem(&self, hash: &TokenHash, issues: &FirstTokens, now: Timestamp) -> Result<Redemption, Fault> {
        let first = First {
            hash: hash.as_str().to_owned(),
            family: FamilyRow::try_from(&issues.family)?,
            refresh_token: issues.refresh_token.as_ref().map(RefreshTokenRow::from),
            opaque: issues.opaque.as_ref().map(AccessTokenRow::try_from).transpose()?,
            now: now.0,
        };
        self.executor.transaction(PLACE, move |connection| first.redeem(connection)).await
    }
}

/// A redemption on its way to the database.
struct First {
    hash: String,
    family: FamilyRow,
    refresh_token: Option<RefreshTokenRow>,
    opaque: Option<AccessTokenRow>,
    now: i64,
}

impl First {
    /// The update decides: of all that try, one finds the code not redeemed.
    fn redeem(&self, connection: &mut AnyConnection) -> Result<Redemption, Abort> {
        let fresh = authorization_codes::table
            .find(&self.hash)
            .filter(authorization_codes::family.eq(&self.family.id))
            .filter(authorization_codes::redeemed_at.is_null());
        let mark = (
            authorization_codes::redeemed_at.eq(Some(self.now)),
            authorization_codes::kept_until.eq(self.family.expires_at),
        );
        if diesel::update(fresh).set(mark).execute(connection)? == 0 {
            return self.refuse(connection);
        }
        diesel::insert_into(token_families::table).values(&self.family).execute(connection)?;
        if let Some(token) = &self.refresh_token {
            diesel::insert_into(refresh_tokens::table).values(token).execute(connection)?;
        }
        if let Some(token) = &self.opaque {
            diesel::insert_into(access_tokens::table).values(token).execute(connection)?;
        }
        Ok(Redemption::Redeemed)
    }

    fn refuse(&self, connection: &mut AnyConnection) -> Result<Redemption, Abort> {
        let known: Option<(String, Option<i64>)> = authorization_codes::table
            .find(&self.hash)
            .select((authorization_codes::family, authorization_codes::redeemed_at))
            .get_result(connection)
            .optional()?;
        match known {
            None => Ok(Redemption::Unknown),
            Some((family, Some(_))) => {
                families::revoke(connection, &family, self.now)?;
                Ok(Redemption::Reused)
            }
            Some((_, None)) => {
                let why = "a code issues the family it was issued with and no other";
                Err(Fault::new(PLACE, why).into())
            }
        }
    }
}

impl TryFrom<&AuthorizationCode> for CodeRow {
    type Error = Fault;

    fn try_from(code: &AuthorizationCode) -> Result<Self, Fault> {
        let AuthorizationCode {
            hash,
            family,
            client_id,
            redirect_uri,
            challenge,
            nonce,
            authentication: AuthenticationContext { subject, session, acr, amr, auth_time },
            scope,
            claims,
            dpop_jkt,
            bundle,
            trace,
            issued_at,
            expires_at,
        } = code;
        let document = CodeDocument {
            redirect_uri: redirect_uri.clone(),
            challenge: challenge.clone(),
            nonce: nonce.clone(),
            acr: acr.clone(),
            amr: amr.clone(),
            auth_time: *auth_time,
            scope: scope.clone(),
            claims: claims.clone(),
            dpop_jkt: dpop_jkt.clone(),
            trace: trace.clone(),
        };
        Ok(Self {
            hash: hash.as_str().to_owned(),
            family: family.as_str().to_owned(),
            client_id: client_id.as_str().to_owned(),
            subject: subject.as_str().to_owned(),
            session: session.as_str().to_owned(),
            bundle: bundle.as_str().to_owned(),
            offline: scope.contains(OFFLINE_ACCESS),
            issued_at: issued_at.0,
            expires_at: expires_at.0,
            kept_until: expires_at.0,
            document: to_document(PLACE, &document)?,
        })
    }
}

impl TryFrom<CodeRow> for AuthorizationCode {
    type Error = Fault;

    fn try_from(code: CodeRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "authorization_codes", key: &code.hash };
        let CodeDocument { redirect_uri, challenge, nonce, acr, amr, auth_time, scope, claims, dpop_jkt, trace } =
            row.document(&code.document)?;
        let subject = row.column("subject", Subject::parse(code.subject))?;
        let session = row.column("session", SessionId::parse(code.session))?;
        Ok(Self {
            family: row.column("family", FamilyId::parse(code.family))?,
            client_id: row.column("client_id", ClientId::try_from(code.client_id))?,
            bundle: row.column("bundle", BundleDigest::parse(code.bundle))?,
            hash: row.column("hash", TokenHash::from_stored(code.hash.clone()))?,
            redirect_uri,
            challenge,
            nonce,
            authentication: AuthenticationContext { subject, session, acr, amr, auth_time },
            scope,
            claims,
            dpop_jkt,
            trace,
            issued_at: time(code.issued_at),
            expires_at: time(code.expires_at),
        })
    }
}
