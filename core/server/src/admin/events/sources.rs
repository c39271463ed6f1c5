//! Where events come from on this node: lockouts from the store, ends of logins from the engine, activations from the
//! database, whoever asked for them.

use super::{EventKind, LiveEvents};
use crate::operations::ActivationDocument;
use async_trait::async_trait;
use gatewright_domain::activation::{Activation, ActivationState};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::{ActivationStore, HISTORY_NAMES_MAX, SecurityEventStore};
use gatewright_domain::trace::{Asked, LoginEnded, Observer};
use gatewright_policy::activation::PolicyNode;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Longest time between two looks at the activations, where no notice comes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Time between two looks at which bundle is served.
const FOLLOWED_EVERY: Duration = Duration::from_millis(250);

/// A store of security events that announces lockouts.
pub struct AnnouncedEvents {
    /// Where events are.
    pub events: Arc<dyn SecurityEventStore>,
    /// Who is told.
    pub live: Arc<LiveEvents>,
}

#[async_trait]
impl SecurityEventStore for AnnouncedEvents {
    async fn record(&self, event: &SecurityEvent) -> Result<(), Fault> {
        self.events.record(event).await?;
        if let SecurityEventKind::LockedOut { until } = &event.kind {
            self.live.announce(EventKind::Lockout, json!({ "subject": event.subject, "until": until }));
        }
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

/// Announces the ends of logins.
pub struct LoginsTold(pub Arc<LiveEvents>);

impl Observer for LoginsTold {
    fn asked(&self, _asked: &Arc<Asked>) {}

    fn login_ended(&self, login: &LoginEnded<'_>) {
        let document = json!({ "trace": login.trace, "client": login.client, "end": login.outcome, "error": login.error,
            "ms": login.took_ms });
        self.0.announce(EventKind::Login, document);
    }
}

/// Tells of every activation that is decided from now on, live or refused, whichever node or command asked for it. Each
/// node sees them all in the database, so none has to tell the others.
pub async fn activations(events: Arc<LiveEvents>, store: Arc<dyn ActivationStore>) {
    let mut seen = Seen::default();
    let (mut heard, mut failing) = (0, false);
    loop {
        match seen.look(&events, store.as_ref()).await {
            Ok(()) => failing = false,
            // Told once, not at every look.
            Err(fault) if !std::mem::replace(&mut failing, true) => {
                tracing::warn!(%fault, "nobody is told of activations");
            }
            Err(_) => {}
        }
        heard = timeout(LOOK_EVERY, store.noticed(heard)).await.unwrap_or(heard);
    }
}

/// The number of the last activation that was told; none before the first look.
#[derive(Default)]
pub(super) struct Seen(Option<u64>);

impl Seen {
    pub(super) async fn look(&mut self, events: &LiveEvents, store: &dyn ActivationStore) -> Result<(), Fault> {
        let history = store.history(HISTORY_NAMES_MAX).await?;
        let is_decided = |one: &&Activation| one.state != ActivationState::Proposed;
        let latest = history.iter().find(is_decided).map_or(0, |one| one.number);
        let Some(last) = self.0.replace(latest) else { return Ok(()) };
        // Only one is open at a time, so they are decided in the order of their numbers.
        let new: Vec<&Activation> = history.iter().filter(is_decided).filter(|one| one.number > last).collect();
        let untold = (latest - last.min(latest)).saturating_sub(new.len() as u64);
        if untold > 0 {
            events.tell(EventKind::Missed, json!({ "missed": untold }));
        }
        for one in new.into_iter().rev() {
            // As it was decided, whatever went live since.
            events.tell(EventKind::Activation, json!(ActivationDocument::of(one, Some(one.number))));
        }
        Ok(())
    }
}

/// Tells whenever this node serves another bundle, whoever put it live.
pub async fn followed(events: Arc<LiveEvents>, node: Arc<PolicyNode>) {
    let mut known = node.activation();
    loop {
        tokio::time::sleep(FOLLOWED_EVERY).await;
        let activation = node.activation();
        if activation != known {
            known = activation;
            events.announce(EventKind::Follows, json!({ "activation": activation, "digest": node.digest() }));
        }
    }
}
