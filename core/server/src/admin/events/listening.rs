//! One listener, and the stream that it gets.

use super::{EventKind, LiveEvent, LiveEvents};
use crate::admin::Admin;
use crate::admin::answer::Answer;
use crate::admin::call::Call;
use crate::http::Response;
use crate::operations::{OperationError, ProblemKind};
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, broadcast};
use warp::Reply;
use warp::sse::{self, Event};

/// Most events that wait for one listener.
pub const WAITING_MAX: usize = 256;
/// Most listeners at once.
pub const LISTENERS_MAX: usize = 32;
/// Time between two comments that keep a silent connection open, in seconds: shorter than the shortest idle timeout
/// that proxies are known for.
const KEEP_ALIVE_S: u64 = 15;

/// Whoever listens.
pub(super) struct Listening {
    run: String,
    backlog: VecDeque<LiveEvent>,
    missed: Option<u64>,
    receiver: broadcast::Receiver<LiveEvent>,
    _place: OwnedSemaphorePermit,
}

impl LiveEvents {
    /// Listens from now on, or from the event after `last`. None where too many do, or the server stops.
    pub(super) fn listen(&self, last: Option<&str>) -> Option<Listening> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let kept = self.kept();
        let receiver = kept.sender.as_ref()?.subscribe();
        let mut backlog = VecDeque::new();
        let mut missed = None;
        if let Some(last) = last {
            let seen = last.strip_prefix(&self.run).and_then(|rest| rest.strip_prefix('-')?.parse::<u64>().ok());
            // An id of another run, or of another node, or of none: what happened since is not known.
            let seen = seen.filter(|seen| *seen < kept.next);
            let oldest = kept.events.front().map_or(kept.next, |event| event.number);
            missed = match seen {
                None => Some(0),
                Some(seen) => oldest.checked_sub(seen + 1).filter(|missed| *missed > 0),
            };
            backlog =
                kept.events.iter().filter(|event| seen.is_some_and(|seen| event.number > seen)).cloned().collect();
        }
        Some(Listening { run: self.run.clone(), backlog, missed, receiver, _place: place })
    }
}

impl Listening {
    /// The next event; none when the server stops.
    pub(super) async fn next(&mut self) -> Option<Event> {
        if let Some(missed) = self.missed.take() {
            return Some(told_missed(missed));
        }
        if let Some(event) = self.backlog.pop_front() {
            return Some(self.told(&event));
        }
        match self.receiver.recv().await {
            Ok(event) => Some(self.told(&event)),
            Err(RecvError::Lagged(missed)) => Some(told_missed(missed)),
            Err(RecvError::Closed) => None,
        }
    }

    fn told(&self, event: &LiveEvent) -> Event {
        let id = format!("{}-{}", self.run, event.number);
        Event::default().id(id).event(event.kind.name()).data(event.document.to_string())
    }

    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        stream::unfold(self, |mut listening| async move { Some((listening.next().await?, listening)) }).map(Ok)
    }
}

/// So many events were missed; 0 where it is not known how many.
fn told_missed(missed: u64) -> Event {
    let document = json!({ "missed": (missed > 0).then_some(missed) });
    Event::default().event(EventKind::Missed.name()).data(document.to_string())
}

pub(in crate::admin) async fn subscribe(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let last = call.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let Some(listening) = admin.events.listen(last) else {
        let detail = format!("{LISTENERS_MAX} listen to the events already, or the server stops");
        return Err(ProblemKind::TooManySubscribers.says(detail).into());
    };
    let keep_alive = sse::keep_alive().interval(Duration::from_secs(KEEP_ALIVE_S));
    let response: Response = sse::reply(keep_alive.stream(listening.into_stream())).into_response();
    Ok(Answer::Stream(response))
}
