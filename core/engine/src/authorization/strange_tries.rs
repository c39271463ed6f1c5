//! What an end-user who just signed in is told, once: that others tried to sign in as them and failed.

use crate::Engine;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::SecurityEventKind;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Failed tries that are to be told, and the events that they are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Untold {
    tries: u32,
    last: Timestamp,
    address: Option<IpAddr>,
    events: Vec<EventId>,
}

impl Untold {
    /// What the page says.
    pub(super) fn told(&self) -> StrangeTries {
        StrangeTries { tries: self.tries, last: self.last, address: self.address }
    }
}

impl Engine {
    /// What `subject` is still to be told.
    pub(super) async fn untold(&self, subject: &Subject) -> Result<Option<Untold>, Fault> {
        let events = self.world.stores.security_events.untold(subject).await?;
        let Some(newest) = events.first() else { return Ok(None) };
        let tries = events.iter().map(|event| match event.kind {
            SecurityEventKind::FailedTries { tries } => tries,
            // Of nothing else is an end-user told so.
            _ => 0,
        });
        Ok(Some(Untold {
            tries: tries.fold(0, u32::saturating_add),
            last: newest.at,
            address: newest.address,
            events: events.into_iter().map(|event| event.id).collect(),
        }))
    }

    /// The page is about to be shown.
    pub(super) async fn tell(&self, untold: &Untold) -> Result<(), Fault> {
        self.world.stores.security_events.told(&untold.events, self.now()).await
    }
}
