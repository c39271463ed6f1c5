//! `/events`: what happens on this node, as it happens (HTML Living Standard 9.2).
//!
//! The latest [`KEPT_MAX`] events are kept, so that whoever comes back with `Last-Event-ID` misses none of them. A
//! listener that does not keep up loses the oldest and is told by `lagged` how many.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::http::Response;
use crate::operations::{OperationError, ProblemKind};
use async_trait::async_trait;
use futures_util::{Stream, StreamExt, stream};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::SecurityEventStore;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use warp::Reply;
use warp::sse::{self, Event};

/// Most events kept for those who come back.
pub const KEPT_MAX: usize = 1024;
/// Most events that wait for one listener.
pub const WAITING_MAX: usize = 256;
/// Most listeners at once.
pub const LISTENERS_MAX: usize = 32;
/// Time between two comments that keep a silent connection open, in seconds: shorter than the shortest idle timeout
/// that proxies are known for.
const KEEP_ALIVE_S: u64 = 15;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
struct LiveEvent {
    number: u64,
    kind: &'static str,
    document: Value,
}

/// What happens on this node.
pub struct LiveEvents {
    /// Tells the numbers of one run of the server from those of another.
    run: String,
    kept: Mutex<Kept>,
    places: Arc<Semaphore>,
}

struct Kept {
    next: u64,
    events: VecDeque<LiveEvent>,
    /// None once the server stops.
    sender: Option<broadcast::Sender<LiveEvent>>,
}

/// Whoever listens.
struct Listening {
    run: String,
    backlog: VecDeque<LiveEvent>,
    lagged: Option<u64>,
    receiver: broadcast::Receiver<LiveEvent>,
    _place: OwnedSemaphorePermit,
}

impl LiveEvents {
    /// Nothing has happened yet.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let sender = Some(broadcast::channel(WAITING_MAX).0);
        let kept = Mutex::new(Kept { next: 1, events: VecDeque::new(), sender });
        Self { run: random_text::<6>(entropy), kept, places: Arc::new(Semaphore::new(LISTENERS_MAX)) }
    }

    /// A policy was to become live, and did or did not.
    pub fn activation(&self, document: Value) {
        self.announce("activation", document);
    }

    /// A request ended in a fault of ours or of a hook.
    pub fn fault(&self, place: &str, correlation: &str, binding: Option<&str>) {
        self.announce("fault", json!({ "endpoint": place, "correlation": correlation, "binding": binding }));
    }

    /// So many tries at an account failed that none counts for a while.
    pub fn lockout(&self, subject: &Subject, until: Timestamp) {
        self.announce("lockout", json!({ "subject": subject, "until": until }));
    }

    /// Ends every listener: the server stops.
    pub fn close(&self) {
        self.kept().sender = None;
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, kind: &'static str, document: Value) {
        let mut kept = self.kept();
        let event = LiveEvent { number: kept.next, kind, document };
        kept.next += 1;
        kept.events.push_back(event.clone());
        if kept.events.len() > KEPT_MAX {
            kept.events.pop_front();
        }
        // Nobody may be listening.
        kept.sender.as_ref().and_then(|sender| sender.send(event).ok());
    }

    /// Listens from now on, or from the event after `last`. None where too many do, or the server stops.
    fn listen(&self, last: Option<&str>) -> Option<Listening> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let kept = self.kept();
        let receiver = kept.sender.as_ref()?.subscribe();
        let mut backlog = VecDeque::new();
        let mut lagged = None;
        if let Some(last) = last {
            let seen = last.strip_prefix(&self.run).and_then(|rest| rest.strip_prefix('-')?.parse::<u64>().ok());
            // An id of another run, or of none: what happened since is not known.
            let seen = seen.filter(|seen| *seen < kept.next);
            let oldest = kept.events.front().map_or(kept.next, |event| event.number);
            lagged = match seen {
                None => Some(0),
                Some(seen) => oldest.checked_sub(seen + 1).filter(|missed| *missed > 0),
            };
            backlog =
                kept.events.iter().filter(|event| seen.is_some_and(|seen| event.number > seen)).cloned().collect();
        }
        Some(Listening { run: self.run.clone(), backlog, lagged, receiver, _place: place })
    }
}

impl Listening {
    /// The next event; none when the server stops.
    async fn next(&mut self) -> Option<Event> {
        if let Some(missed) = self.lagged.take() {
            return Some(told_lag(missed));
        }
        if let Some(event) = self.backlog.pop_front() {
            return Some(self.told(&event));
        }
        match self.receiver.recv().await {
            Ok(event) => Some(self.told(&event)),
            Err(RecvError::Lagged(missed)) => Some(told_lag(missed)),
            Err(RecvError::Closed) => None,
        }
    }

    fn told(&self, event: &LiveEvent) -> Event {
        let id = format!("{}-{}", self.run, event.number);
        Event::default().id(id).event(event.kind).data(event.document.to_string())
    }

    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        stream::unfold(self, |mut listening| async move { Some((listening.next().await?, listening)) }).map(Ok)
    }
}

/// So many events were missed; 0 where it is not known how many.
fn told_lag(missed: u64) -> Event {
    Event::default().event("lagged").data(json!({ "missed": (missed > 0).then_some(missed) }).to_string())
}

pub(super) async fn subscribe(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let last = call.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let Some(listening) = admin.events.listen(last) else {
        let detail = format!("{LISTENERS_MAX} listen to the events already, or the server stops");
        return Err(ProblemKind::TooManySubscribers.says(detail).into());
    };
    let keep_alive = sse::keep_alive().interval(Duration::from_secs(KEEP_ALIVE_S));
    let response: Response = sse::reply(keep_alive.stream(listening.into_stream())).into_response();
    Ok(Answer::Stream(response))
}

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
            self.live.lockout(&event.subject, *until);
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

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_capabilities::OsEntropy;

    fn live() -> LiveEvents {
        LiveEvents::new(&OsEntropy)
    }

    async fn text(listening: &mut Listening) -> String {
        listening.next().await.map(|event| event.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn whoever_listens_is_told_in_order_until_the_server_stops() {
        let live = live();
        live.fault("token", "before", None);
        let mut listening = live.listen(None).unwrap();
        live.fault("token", "one", None);
        live.activation(json!({ "digest": "d" }));
        live.close();
        assert!(text(&mut listening).await.contains("\"one\""));
        assert!(text(&mut listening).await.contains("event:activation"));
        assert!(listening.next().await.is_none());
        assert!(live.listen(None).is_none());
    }

    #[tokio::test]
    async fn whoever_comes_back_misses_nothing_that_is_kept_and_is_told_what_is_not() {
        let live = live();
        for number in 1..=KEPT_MAX + 5 {
            live.fault("token", &format!("n{number}."), None);
        }
        let id = |number: u64| format!("{}-{number}", live.run);
        let mut listening = live.listen(Some(&id(KEPT_MAX as u64 + 4))).unwrap();
        assert!(text(&mut listening).await.contains(&format!("\"n{}.\"", KEPT_MAX + 5)));
        let mut listening = live.listen(Some(&id(2))).unwrap();
        assert!(text(&mut listening).await.contains("\"missed\":3"));
        assert!(text(&mut listening).await.contains("\"n6.\""));
        for strange in ["", "x", "other-1", &id(99_999)] {
            let mut listening = live.listen(Some(strange)).unwrap();
            assert!(text(&mut listening).await.contains("\"missed\":null"), "{strange}");
        }
    }

    #[tokio::test]
    async fn a_slow_listener_loses_the_oldest_and_is_told_how_many() {
        let live = live();
        let mut listening = live.listen(None).unwrap();
        for _ in 0..WAITING_MAX + 7 {
            live.fault("token", "x", None);
        }
        assert!(text(&mut listening).await.contains("\"missed\":7"));
        assert!(text(&mut listening).await.contains("event:fault"));
    }

    #[test]
    fn so_many_listen_and_no_more_until_one_leaves() {
        let live = live();
        let mut all: Vec<_> = (0..LISTENERS_MAX).map(|_| live.listen(None).unwrap()).collect();
        assert!(live.listen(None).is_none());
        all.pop();
        assert!(live.listen(None).is_some());
    }
}
