//! Security events.

use super::Tables;
use crate::abort::Abort;
use crate::connection::AnyConnection;
use crate::rows::{RowName, time, to_document};
use crate::schema::security_events;
use async_trait::async_trait;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::{EVENT_KEPT_S, SecurityEvent};
use gatewright_domain::store::{EVENTS_MAX, SecurityEventStore};

const PLACE: &str = "store.security_events";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = security_events, treat_none_as_default_value = false)]
struct EventRow {
    id: String,
    subject: String,
    at: i64,
    address: Option<String>,
    told_at: Option<i64>,
    expires_at: i64,
    document: String,
}

#[async_trait]
impl SecurityEventStore for Tables {
    async fn record(&self, event: &SecurityEvent) -> Result<(), Fault> {
        let row = EventRow::try_from(event)?;
        self.executor
            .transaction(PLACE, move |connection| {
                diesel::insert_into(security_events::table).values(&row).execute(connection)?;
                drop_oldest(connection, &row.subject)
            })
            .await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        let subject = subject.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let newest = (security_events::at.desc(), security_events::id.desc());
            let events = security_events::table.filter(security_events::subject.eq(&subject)).order(newest);
            Ok(events.select(EventRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(SecurityEvent::try_from).collect()
    }

    async fn untold(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        let subject = subject.as_str().to_owned();
        let rows = self.executor.read(PLACE, move |connection| {
            let newest = (security_events::at.desc(), security_events::id.desc());
            let events = security_events::table.filter(security_events::subject.eq(&subject)).order(newest);
            Ok(events.filter(security_events::told_at.is_null()).select(EventRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(SecurityEvent::try_from).collect()
    }

    async fn told(&self, events: &[EventId], now: Timestamp) -> Result<(), Fault> {
        let ids: Vec<String> = events.iter().map(ToString::to_string).collect();
        self.executor
            .statement(PLACE, move |connection| {
                let untold = security_events::table
                    .filter(security_events::id.eq_any(&ids))
                    .filter(security_events::told_at.is_null());
                Ok(diesel::update(untold).set(security_events::told_at.eq(Some(now.0))).execute(connection)?)
            })
            .await
            .map(|_| ())
    }
}

fn drop_oldest(connection: &mut AnyConnection, subject: &str) -> Result<(), Abort> {
    let newest = (security_events::at.desc(), security_events::id.desc());
    let kept = i64::try_from(EVENTS_MAX).unwrap_or(i64::MAX);
    // One at a time is added, so that few are ever over.
    let over: Vec<String> = security_events::table
        .filter(security_events::subject.eq(subject))
        .order(newest)
        .select(security_events::id)
        .limit(2 * kept)
        .offset(kept)
        .load(connection)?;
    diesel::delete(security_events::table.filter(security_events::id.eq_any(over))).execute(connection)?;
    Ok(())
}

impl TryFrom<&SecurityEvent> for EventRow {
    type Error = Fault;

    fn try_from(event: &SecurityEvent) -> Result<Self, Fault> {
        Ok(Self {
            id: event.id.as_str().to_owned(),
            subject: event.subject.as_str().to_owned(),
            at: event.at.0,
            address: event.address.map(|address| address.to_string()),
            told_at: (!event.kind.is_told()).then_some(event.at.0),
            expires_at: event.at.plus(EVENT_KEPT_S).0,
            document: to_document(PLACE, &event.kind)?,
        })
    }
}

impl TryFrom<EventRow> for SecurityEvent {
    type Error = Fault;

    fn try_from(event: EventRow) -> Result<Self, Fault> {
        let row = RowName { place: PLACE, table: "security_events", key: &event.id };
        let address = event.address.as_deref().map(str::parse).transpose();
        Ok(Self {
            kind: row.document(&event.document)?,
            id: row.column("id", EventId::parse(event.id.as_str()))?,
            subject: row.column("subject", Subject::parse(event.subject.as_str()))?,
            at: time(event.at),
            address: row.column("address", address)?,
        })
    }
}
