//! Security events in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::SecurityEvent;
use gatewright_domain::store::{EVENTS_MAX, SecurityEventStore};

#[async_trait]
impl SecurityEventStore for Memory {
    async fn record(&self, event: &SecurityEvent) -> Result<(), Fault> {
        let mut tables = self.tables();
        if tables.events.contains_key(&event.id) {
            return Err(Fault::new("store.security_events", "the event is there already"));
        }
        tables.events.insert(event.id.clone(), (event.clone(), !event.kind.is_told()));
        let over: Vec<EventId> =
            newest(&tables.events, &event.subject).skip(EVENTS_MAX).map(|event| event.id).collect();
        over.iter().for_each(|id| drop(tables.events.remove(id)));
        Ok(())
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        Ok(newest(&self.tables().events, subject).collect())
    }

    async fn untold(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        let tables = self.tables();
        Ok(newest(&tables.events, subject).filter(|event| !tables.events[&event.id].1).collect())
    }

    async fn told(&self, events: &[EventId], _now: Timestamp) -> Result<(), Fault> {
        let mut tables = self.tables();
        for id in events {
            if let Some((_, told)) = tables.events.get_mut(id) {
                *told = true;
            }
        }
        Ok(())
    }
}

type Events = std::collections::BTreeMap<EventId, (SecurityEvent, bool)>;

fn newest(events: &Events, subject: &Subject) -> impl Iterator<Item = SecurityEvent> + use<> {
    let mut of: Vec<SecurityEvent> =
        events.values().map(|(event, _)| event).filter(|event| &event.subject == subject).cloned().collect();
    of.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    of.into_iter()
}
