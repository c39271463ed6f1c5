//! A clock that moves only when it is told to.

use gatewright_domain::clock::{Clock, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// The second a [`FixedClock::default`] stands at: 2026-09-21T14:13:20Z, the one of the contracts' samples.
pub const DEFAULT_NOW: Timestamp = Timestamp(1_790_000_000);

/// A clock that stands where it was set. Share it by `Arc` to move it under what reads it.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0 * 1000))
    }

    /// Puts it to `now`, earlier or later.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0 * 1000, Ordering::SeqCst);
    }

    /// Moves it on by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.advance_ms(seconds * 1000);
    }

    /// Moves it on by `milliseconds`.
    pub fn advance_ms(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::at(DEFAULT_NOW)
    }
}

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_when_told_to() {
        let clock = FixedClock::default();
        assert_eq!(clock.now(), DEFAULT_NOW);
        clock.advance(60);
        clock.advance_ms(1500);
        assert_eq!(clock.now_ms(), (DEFAULT_NOW.0 + 61) * 1000 + 500);
        clock.set(Timestamp(7));
        assert_eq!(clock.now(), Timestamp(7));
    }
}
