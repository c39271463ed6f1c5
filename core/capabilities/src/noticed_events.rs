//! Security events, with each that is mailed told: whoever writes it down, an end-user hears of it.

use async_trait::async_trait;
use gatewright_domain::capabilities::notices::Notices;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::SecurityEvent;
use gatewright_domain::store::SecurityEventStore;
use std::sync::Arc;

/// A store of security events that tells of what it writes down.
pub struct NoticedEvents {
    /// Where events are.
    pub events: Arc<dyn SecurityEventStore>,
    /// Who sends.
    pub notices: Arc<dyn Notices>,
}

#[async_trait]
impl SecurityEventStore for NoticedEvents {
    async fn record(&self, event: &SecurityEvent) -> Result<(), Fault> {
        self.events.record(event).await?;
        self.notices.tell(event);
        Ok(())
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        self.events.list(subject).await
    }

    async fn untold(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        self.events.untold(subject).await
    }

    async fn told(&self, events: &[EventId], now: Timestamp) -> Result<(), Fault> {
        self.events.told(events, now).await
    }
}
