//! `/events`: what happens on all servers of one database, as it happens (HTML Living Standard 9.2).
//!
//! ```text
//! mod        what happened on this node or was heard of others, kept for those who come back
//! listening  one listener, and the stream that it gets            sources  where events come from on this node
//! relay      what nodes tell one another, by bulletins
//! ```
//!
//! The latest [`KEPT_MAX`] events are kept, so that whoever comes back with `Last-Event-ID` misses none of them. A
//! listener that does not keep up loses the oldest and is told by `missed` how many; so is everybody of what other nodes
//! could not tell. **Invariant:** an event names whom and what it is about, and holds no claim, secret or input.

mod listening;
mod relay;
mod sources;
#[cfg(test)]
mod tests;

pub(super) use listening::subscribe;
pub use listening::{LISTENERS_MAX, WAITING_MAX};
pub use relay::{hear, post};
pub use sources::{AnnouncedEvents, LoginsTold, activations, followed};

use gatewright_domain::entropy::{Entropy, random_text};
use relay::Telling;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, broadcast};

/// Most events kept for those who come back.
pub const KEPT_MAX: usize = 1024;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventKind {
    /// A policy went live, or was refused.
    Activation,
    /// A node serves another policy.
    Follows,
    /// A login came to its end.
    Login,
    /// A request ended in a fault of ours or of a hook.
    Fault,
    /// So many tries at an account failed that none counts for a while.
    Lockout,
    /// Events were lost.
    Missed,
}

impl EventKind {
    const ALL: [Self; 6] = [Self::Activation, Self::Follows, Self::Login, Self::Fault, Self::Lockout, Self::Missed];

    /// Its name in the stream.
    fn name(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Follows => "follows",
            Self::Login => "login",
            Self::Fault => "fault",
            Self::Lockout => "lockout",
            Self::Missed => "missed",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
struct LiveEvent {
    number: u64,
    kind: EventKind,
    document: Value,
}

/// What happens.
pub struct LiveEvents {
    /// Tells the numbers of one run of the server from those of another, and its bulletins from those of others.
    run: String,
    /// What people call this node.
    node: String,
    kept: Mutex<Kept>,
    telling: Mutex<Telling>,
    places: Arc<Semaphore>,
}

struct Kept {
    next: u64,
    events: VecDeque<LiveEvent>,
    /// None once the server stops.
    sender: Option<broadcast::Sender<LiveEvent>>,
}

impl LiveEvents {
    /// Nothing has happened yet on the node of that name.
    pub fn new(node: String, entropy: &dyn Entropy) -> Self {
        let sender = Some(broadcast::channel(WAITING_MAX).0);
        let kept = Mutex::new(Kept { next: 1, events: VecDeque::new(), sender });
        let places = Arc::new(Semaphore::new(LISTENERS_MAX));
        Self { run: random_text::<6>(entropy), node, kept, telling: Mutex::default(), places }
    }

    /// A request ended in a fault of ours or of a hook.
    pub fn fault(&self, place: &str, correlation: &str, binding: Option<&str>) {
        self.announce(EventKind::Fault, json!({ "endpoint": place, "correlation": correlation, "binding": binding }));
    }

    /// Ends every listener: the server stops.
    pub fn close(&self) {
        self.kept().sender = None;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened on this node: told here at once, and to other nodes soon.
    fn announce(&self, kind: EventKind, mut document: Value) {
        document["node"] = self.node.as_str().into();
        self.telling.lock().unwrap_or_else(PoisonError::into_inner).push(kind, &document);
        self.tell(kind, document);
    }

    /// Something that is known here, whoever did it.
    fn tell(&self, kind: EventKind, document: Value) {
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
}
