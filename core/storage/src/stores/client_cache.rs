//! Clients as they were read lately: what makes a look-up in the walk cost nothing.
//!
//! An entry answers for a second, so that what another node or the command line saved is seen by then. What
//! this process saves or removes is seen at once: the entry goes, and a read that began before the change may
//! not bring the old one back.

use gatewright_domain::client::Client;
use gatewright_domain::clock::Clock;
use gatewright_protocol::client_id::ClientId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most clients kept.
pub(super) const ENTRIES_MAX: usize = 10_000;
/// How long an entry answers, in milliseconds.
pub(super) const AGE_MS_MAX: i64 = 1_000;

/// The cache. That a client is unknown is not kept.
pub(super) struct ClientCache {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<ClientId, Entry>,
    changes: u64,
}

struct Entry {
    client: Arc<Client>,
    read_at_ms: i64,
}

/// When a read began; taken before it, handed in after it.
#[derive(Clone, Copy)]
pub(super) struct ReadBegun {
    changes: u64,
    at_ms: i64,
}

impl ClientCache {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    /// The client, if it was read within the last second; else what [`ClientCache::keep`] wants to know.
    pub(super) fn find(&self, id: &ClientId) -> Result<Arc<Client>, ReadBegun> {
        let now_ms = self.clock.now_ms();
        let kept = self.kept();
        match kept.entries.get(id) {
            Some(entry) if entry.is_fresh(now_ms) => Ok(entry.client.clone()),
            _ => Err(ReadBegun { changes: kept.changes, at_ms: now_ms }),
        }
    }

    /// Keeps what a read found, unless something was changed here since it began.
    pub(super) fn keep(&self, client: Arc<Client>, begun: ReadBegun) {
        let now_ms = self.clock.now_ms();
        let mut kept = self.kept();
        if kept.changes != begun.changes {
            return;
        }
        if kept.entries.len() >= ENTRIES_MAX && !kept.entries.contains_key(&client.id) {
            kept.entries.retain(|_, entry| entry.is_fresh(now_ms));
            if kept.entries.len() >= ENTRIES_MAX {
                kept.entries.clear();
            }
        }
        // Its age counts from before the read: what was saved elsewhere during it is not in it.
        kept.entries.insert(client.id.clone(), Entry { client, read_at_ms: begun.at_ms });
    }

    /// Forgets a client that was changed here.
    pub(super) fn forget(&self, id: &ClientId) {
        let mut kept = self.kept();
        kept.changes += 1;
        kept.entries.remove(id);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// A clock that was put back makes every entry too old rather than too young.
    fn is_fresh(&self, now_ms: i64) -> bool {
        (0..AGE_MS_MAX).contains(&now_ms.saturating_sub(self.read_at_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_testing::clock::FixedClock;
    use gatewright_testing::samples;

    fn read(cache: &ClientCache, id: &str) {
        let begun = cache.find(&samples::word(id)).expect_err("it is not kept yet");
        cache.keep(Arc::new(samples::client(id)), begun);
    }

    #[test]
    fn an_entry_answers_for_one_second() {
        let clock = Arc::new(FixedClock::default());
        let cache = ClientCache::new(clock.clone());
        read(&cache, "c");
        clock.advance_ms(AGE_MS_MAX - 1);
        assert!(cache.find(&samples::word("c")).is_ok());
        clock.advance_ms(1);
        assert!(cache.find(&samples::word("c")).is_err());
        read(&cache, "c");
        clock.advance(-60);
        assert!(cache.find(&samples::word("c")).is_err(), "a clock put back makes entries too old");
    }

    #[test]
    fn a_read_that_began_before_a_change_brings_nothing_back() {
        let cache = ClientCache::new(Arc::new(FixedClock::default()));
        let begun = cache.find(&samples::word("c")).expect_err("it is not kept yet");
        cache.forget(&samples::word("c"));
        cache.keep(Arc::new(samples::client("c")), begun);
        assert!(cache.find(&samples::word("c")).is_err());
    }

    #[test]
    fn it_never_holds_more_than_its_limit() {
        let cache = ClientCache::new(Arc::new(FixedClock::default()));
        let sample = samples::client("c");
        for number in 0..=ENTRIES_MAX {
            let id: ClientId = samples::word(&format!("c{number}"));
            let begun = cache.find(&id).expect_err("it is not kept yet");
            cache.keep(Arc::new(Client { id, ..sample.clone() }), begun);
            assert!(cache.kept().entries.len() <= ENTRIES_MAX);
        }
        assert_eq!(cache.kept().entries.len(), 1);
    }
}
