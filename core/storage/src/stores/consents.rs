//! Remembered consent.

use super::{Tables, families};
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::consents;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::store::{ConsentStore, LISTED_MAX};
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;

const PLACE: &str = "store.consents";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = consents)]
struct ConsentRow {
    subject: String,
    client_id: String,
    scope: String,
    claims: String,
    granted_at: i64,
    expires_at: i64,
}

#[async_trait]
impl ConsentStore for Tables {
    async fn find(&self, subject: &Subject, client: &ClientId) -> Result<Option<Consent>, Fault> {
        let key = (subject.as_str().to_owned(), client.as_str().to_owned());
        let row = self.executor.read(PLACE, move |connection| Ok(find(connection, &key)?));
        row.await?.map(Consent::try_from).transpose()
    }

    async fn remember(&self, consent: &Consent) -> Result<(), Fault> {
        let consent = consent.clone();
        self.executor.transaction(PLACE, move |connection| remember(connection, &consent)).await
    }

    async fn list(&self, subject: &Subject, now: Timestamp) -> Result<Vec<Consent>, Fault> {
        let subject = subject.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let of = consents::subject.eq(&subject).and(consents::expires_at.gt(now.0));
            let of = consents::table.filter(of).order(consents::client_id).limit(LISTED_MAX as i64);
            Ok(of.select(ConsentRow::as_select()).get_results(connection)?)
        });
        rows.await?.into_iter().map(Consent::try_from).collect()
    }

    async fn list_of_client(
        &self,
        client: &ClientId,
        after: Option<&Subject>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Consent>, Fault> {
        let client = client.as_str().to_owned();
        // Every identifier is longer than this.
        let after = after.map_or(String::new(), |after| after.as_str().to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.executor.read(PLACE, move |connection| {
            let of = consents::client_id.eq(&client).and(consents::expires_at.gt(now.0));
            let of = consents::table.filter(of.and(consents::subject.gt(&after))).order(consents::subject);
            Ok(of.limit(limit).select(ConsentRow::as_select()).get_results(connection)?)
        });
        rows.await?.into_iter().map(Consent::try_from).collect()
    }

    async fn withdraw(&self, subject: &Subject, client: &ClientId, now: Timestamp) -> Result<bool, Fault> {
        let key = (subject.as_str().to_owned(), client.as_str().to_owned());
        self.executor
            .transaction(PLACE, move |connection| {
                let ended = families::revoke_client(connection, &key, now.0)?;
                let place = consents::table.find((&key.0, &key.1));
                Ok(diesel::delete(place).execute(connection)? + ended > 0)
            })
            .await
    }
}

fn find(connection: &mut AnyConnection, (subject, client): &(String, String)) -> QueryResult<Option<ConsentRow>> {
    consents::table.find((subject, client)).select(ConsentRow::as_select()).get_result(connection).optional()
}

/// What is there, and nobody else changes it until this transaction ends. SQLite writes one transaction at a time.
fn find_to_change(connection: &mut AnyConnection, key: &(String, String)) -> QueryResult<Option<ConsentRow>> {
    match connection {
        AnyConnection::Sqlite(_) => find(connection, key),
        AnyConnection::Postgres(connection) => {
            let place = consents::table.find((&key.0, &key.1)).select(ConsentRow::as_select());
            place.for_update().get_result(connection).optional()
        }
    }
}

/// Adds to what was allowed before.
fn remember(connection: &mut AnyConnection, consent: &Consent) -> Result<(), Abort> {
    let key = (consent.subject.as_str().to_owned(), consent.client_id.as_str().to_owned());
    let Some(row) = find_to_change(connection, &key)? else {
        return match diesel::insert_into(consents::table).values(row_of(consent)?).execute(connection) {
            Err(error) if is_taken(&error) => Err(Abort::Again),
            outcome => Ok(outcome.map(|_| ())?),
        };
    };
    let before = Consent::try_from(row)?;
    let mut after = consent.clone();
    // What has expired was not allowed any more: adding to it would bring it back unasked.
    if consent.granted_at < before.expires_at {
        after.scope = before.scope.union(&consent.scope);
        after.claims.extend(before.claims);
    }
    let after = row_of(&after)?;
    let changes = (
        consents::scope.eq(&after.scope),
        consents::claims.eq(&after.claims),
        consents::granted_at.eq(after.granted_at),
        consents::expires_at.eq(after.expires_at),
    );
    diesel::update(consents::table.find((&key.0, &key.1))).set(changes).execute(connection)?;
    Ok(())
}

fn row_of(consent: &Consent) -> Result<ConsentRow, Fault> {
    let Consent { subject, client_id, scope, claims, granted_at, expires_at } = consent;
    Ok(ConsentRow {
        subject: subject.as_str().to_owned(),
        client_id: client_id.as_str().to_owned(),
        scope: scope.to_string(),
        claims: to_document(PLACE, claims)?,
        granted_at: granted_at.0,
        expires_at: expires_at.0,
    })
}

impl TryFrom<ConsentRow> for Consent {
    type Error = Fault;

    fn try_from(consent: ConsentRow) -> Result<Self, Fault> {
        let key = format!("{} {}", consent.subject, consent.client_id);
        let row = RowName { place: PLACE, table: "consents", key: &key };
        Ok(Self {
            subject: row.column("subject", Subject::parse(consent.subject))?,
            client_id: row.column("client_id", ClientId::try_from(consent.client_id))?,
            scope: row.column("scope", Scope::parse(&consent.scope))?,
            claims: row.column("claims", serde_json::from_str(&consent.claims))?,
            granted_at: time(consent.granted_at),
            expires_at: time(consent.expires_at),
        })
    }
}
