//! What is written down of changes, for the end-user to see on the page.

use crate::Engine;
use crate::browser::Browser;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};

/// Most events that the page shows.
pub const EVENTS_SHOWN_MAX: usize = 20;

impl Engine {
    /// Writes down what was done with this browser.
    pub(super) async fn note(
        &self,
        subject: &Subject,
        browser: &Browser,
        kind: SecurityEventKind,
    ) -> Result<(), Fault> {
        let event = SecurityEvent {
            id: EventId::draw(self.world.entropy.as_ref()),
            subject: subject.clone(),
            at: self.now(),
            address: browser.origin.address(),
            kind,
        };
        self.world.stores.security_events.record(&event).await
    }

    /// The latest events of an account, the newest first.
    pub(super) async fn events_of(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        let mut events = self.world.stores.security_events.list(subject).await?;
        events.truncate(EVENTS_SHOWN_MAX);
        Ok(events)
    }
}
