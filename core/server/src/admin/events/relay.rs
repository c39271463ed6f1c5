//! What nodes tell one another: the events of a moment in few bulletins, each `{"from", "left_out", "events": [{"kind",
//! "document"}]}`. Requests never wait for it: what is more than can be told is left out and counted.

use super::{EventKind, LiveEvents};
use gatewright_domain::store::{BULLETIN_BYTES_MAX, BulletinStore};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Most events that wait to be told to other nodes.
pub const TOLD_MAX: usize = 1024;
/// Time between two looks at what is to be told, in milliseconds.
pub const POST_EVERY_MS: u64 = 200;
/// Most bulletins that are posted at one look.
pub const POSTS_AT_ONCE_MAX: usize = 8;
/// What stands around the events of a bulletin, in bytes, generously.
const AROUND_BYTES: usize = 200;

/// What is to be told to other nodes.
#[derive(Default)]
pub(super) struct Telling {
    events: VecDeque<String>,
    left_out: u64,
}

/// Events of a node, on their way to another.
#[derive(Debug, Deserialize)]
struct Bulletin {
    /// The run that they happened in.
    from: String,
    /// So many others were too many.
    left_out: u64,
    /// In order.
    events: Vec<Value>,
}

/// One event of a bulletin.
#[derive(Debug, Deserialize)]
struct Told {
    kind: String,
    document: Value,
}

impl Telling {
    pub(super) fn push(&mut self, kind: EventKind, document: &Value) {
        let event = json!({ "kind": kind.name(), "document": document }).to_string();
        if self.events.len() >= TOLD_MAX || event.len() + AROUND_BYTES > BULLETIN_BYTES_MAX {
            self.left_out += 1;
        } else {
            self.events.push_back(event);
        }
    }

    /// The next bulletin, where there is anything to tell.
    pub(super) fn bulletin(&mut self, from: &str) -> Option<String> {
        let left_out = std::mem::take(&mut self.left_out);
        let (mut events, mut bytes) = (Vec::new(), AROUND_BYTES);
        while let Some(event) = self.events.pop_front_if(|event| bytes + event.len() < BULLETIN_BYTES_MAX) {
            bytes += event.len() + 1;
            events.push(event);
        }
        if events.is_empty() && left_out == 0 {
            return None;
        }
        let events = events.join(",");
        Some(format!("{{\"from\":{},\"left_out\":{left_out},\"events\":[{events}]}}", json!(from)))
    }
}

impl LiveEvents {
    /// The next bulletin, where there is anything to tell.
    fn bulletin(&self) -> Option<String> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner).bulletin(&self.run)
    }

    /// A bulletin was heard.
    pub(super) fn heard(&self, text: &str) {
        let Ok(bulletin) = serde_json::from_str::<Bulletin>(text) else {
            // A newer release may write another form.
            return self.tell(EventKind::Missed, json!({ "missed": null }));
        };
        if bulletin.from == self.run {
            return;
        }
        if bulletin.left_out > 0 {
            self.tell(EventKind::Missed, json!({ "missed": bulletin.left_out }));
        }
        for event in bulletin.events {
            match serde_json::from_value::<Told>(event) {
                Ok(Told { kind, document }) => {
                    // A newer release may know more kinds.
                    if let Some(kind) = EventKind::named(&kind).filter(|_| document.is_object()) {
                        self.tell(kind, document);
                    }
                }
                Err(_) => self.tell(EventKind::Missed, json!({ "missed": 1 })),
            }
        }
    }
}

/// Tells other nodes what happens on this one, for ever.
pub async fn post(events: Arc<LiveEvents>, bulletins: Arc<dyn BulletinStore>) {
    let mut failing = false;
    loop {
        tokio::time::sleep(Duration::from_millis(POST_EVERY_MS)).await;
        for _ in 0..POSTS_AT_ONCE_MAX {
            let Some(bulletin) = events.bulletin() else { break };
            match bulletins.post(&bulletin).await {
                Ok(()) => failing = false,
                // Told once, not five times a second. What was in it is told on this node alone.
                Err(fault) if !std::mem::replace(&mut failing, true) => {
                    tracing::warn!(%fault, "other nodes are not told what happens on this one");
                }
                Err(_) => {}
            }
        }
    }
}

/// Tells those who listen on this node what happens on others, for ever.
pub async fn hear(events: Arc<LiveEvents>, bulletins: Arc<dyn BulletinStore>) {
    let mut since = 0;
    loop {
        let heard = bulletins.heard(since).await;
        since = heard.number;
        if heard.missed {
            events.tell(EventKind::Missed, json!({ "missed": null }));
        }
        heard.texts.iter().for_each(|text| events.heard(text));
    }
}
