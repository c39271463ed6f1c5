//! How fast secrets may be guessed: from what was counted and when, whether another try counts now (RFC 6749 10.10,
//! NIST SP 800-63B 5.2.2).
//!
//! Some tries are free; then each has to wait twice as long as the one before, up to a limit; after many, all have to
//! wait for the lockout. A right secret begins anew. Pure: the counts are in [`crate::store`].

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// The pace at which one account, or one address, may be used for guessing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Failed tries without any wait.
    pub free_tries: u32,
    /// The first wait, in seconds; each further one is twice as long.
    pub delay_s: u64,
    /// The longest such wait, in seconds.
    pub delay_max_s: u64,
    /// Failed tries after which the wait is the lockout.
    pub lockout_tries: u32,
    /// The lockout, in seconds.
    pub lockout_s: u64,
    /// Time after its first try at which a count begins anew, in seconds; not while something has to wait.
    pub window_s: u64,
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Tries that failed, or are not decided yet.
    pub tries: u32,
    /// The first of them.
    pub since: Timestamp,
    /// The last of them.
    pub last: Timestamp,
}

impl Pace {
    /// What has to pass after the last of so many tries, in seconds.
    pub fn delay_s(&self, tries: u32) -> u64 {
        if tries >= self.lockout_tries {
            return self.lockout_s;
        }
        match tries.checked_sub(self.free_tries) {
            None => 0,
            Some(beyond) => {
                let factor = 1u64.checked_shl(beyond).unwrap_or(u64::MAX);
                self.delay_s.saturating_mul(factor).min(self.delay_max_s)
            }
        }
    }

    /// When the next try counts.
    pub fn open_at(&self, tally: &Tally) -> Timestamp {
        tally.last.plus(self.delay_s(tally.tries))
    }

    /// Seconds from `now` until the next try counts. A free try waits for nothing, not even for a clock that is behind: `now` was
    /// read before this try's turn came, and one that was counted meanwhile, here or on another node, may bear a later second.
    pub fn wait_s(&self, tally: Option<&Tally>, now: Timestamp) -> u64 {
        let waits = tally.filter(|tally| self.delay_s(tally.tries) > 0);
        waits.map_or(0, |tally| self.open_at(tally).since(now))
    }

    /// The tally with one try more, or the seconds it has to wait: a try that has to wait is not counted, for nothing
    /// is looked at.
    ///
    /// # Errors
    /// The seconds until it may be made.
    pub fn count(&self, tally: Option<&Tally>, now: Timestamp) -> Result<Tally, u64> {
        match self.wait_s(tally, now) {
            0 => {}
            wait_s => return Err(wait_s),
        }
        let counting = tally.filter(|tally| now < tally.since.plus(self.window_s));
        Ok(match counting {
            Some(tally) => {
                Tally { tries: tally.tries.saturating_add(1), since: tally.since, last: tally.last.max(now) }
            }
            None => Tally { tries: 1, since: now, last: now },
        })
    }

    /// Whether so many tries are a lockout.
    pub fn is_lockout(&self, tries: u32) -> bool {
        tries >= self.lockout_tries
    }

    /// From when on the tally says nothing any more.
    pub fn forgotten_at(&self, tally: &Tally) -> Timestamp {
        self.open_at(tally).max(tally.since.plus(self.window_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace =
        Pace { free_tries: 3, delay_s: 2, delay_max_s: 60, lockout_tries: 10, lockout_s: 600, window_s: 3600 };

    fn tally(tries: u32, since: i64, last: i64) -> Tally {
        Tally { tries, since: Timestamp(since), last: Timestamp(last) }
    }

    #[test]
    fn free_tries_wait_for_nothing_then_delays_double_up_to_their_limit_then_comes_the_lockout() {
        let table = [
            (0, 0),
            (1, 0),
            (2, 0),
            (3, 2),
            (4, 4),
            (5, 8),
            (6, 16),
            (7, 32),
            (8, 60),
            (9, 60),
            (10, 600),
            (11, 600),
            (u32::MAX, 600),
        ];
        for (tries, delay_s) in table {
            assert_eq!(PACE.delay_s(tries), delay_s, "{tries}");
            assert_eq!(PACE.is_lockout(tries), delay_s == 600, "{tries}");
        }
        let patient = Pace { lockout_tries: u32::MAX, ..PACE };
        assert_eq!([66, 67, 68, 1000].map(|tries| patient.delay_s(tries)), [60; 4], "no shift overflows");
    }

    #[test]
    fn a_try_counts_when_its_wait_is_over_to_the_second() {
        let table = [
            (None, 100, Ok(tally(1, 100, 100))),
            (Some(tally(1, 100, 100)), 100, Ok(tally(2, 100, 100))),
            (Some(tally(3, 100, 100)), 100, Err(2)),
            (Some(tally(3, 100, 100)), 101, Err(1)),
            (Some(tally(3, 100, 100)), 102, Ok(tally(4, 100, 102))),
            (Some(tally(10, 100, 200)), 799, Err(1)),
            (Some(tally(10, 100, 200)), 800, Ok(tally(11, 100, 800))),
            (Some(tally(3, 100, 100)), 50, Err(52)),
            // Its second was read before another's, and its turn came after.
            (Some(tally(1, 100, 101)), 100, Ok(tally(2, 100, 101))),
        ];
        for (before, now, after) in table {
            assert_eq!(PACE.count(before.as_ref(), Timestamp(now)), after, "{before:?} {now}");
        }
    }

    #[test]
    fn a_count_begins_anew_after_its_window_but_never_ends_a_wait() {
        let table = [
            (tally(2, 0, 3599), 3599, Ok(tally(3, 0, 3599))),
            (tally(2, 0, 3599), 3600, Ok(tally(1, 3600, 3600))),
            (tally(10, 0, 3500), 3600, Err(500)),
            (tally(10, 0, 3500), 4100, Ok(tally(1, 4100, 4100))),
        ];
        for (before, now, after) in table {
            assert_eq!(PACE.count(Some(&before), Timestamp(now)), after, "{before:?} {now}");
        }
        assert_eq!(PACE.forgotten_at(&tally(2, 0, 10)), Timestamp(3600));
        assert_eq!(PACE.forgotten_at(&tally(10, 0, 3500)), Timestamp(4100));
    }

    #[test]
    fn an_account_takes_no_more_than_its_pace_in_a_day_however_hard_it_is_tried() {
        let (mut now, mut taken, mut tally) = (Timestamp(0), 0, None);
        while now < Timestamp(3600) {
            match PACE.count(tally.as_ref(), now) {
                Ok(next) => (tally, taken) = (Some(next), taken + 1),
                Err(wait_s) => now = now.plus(wait_s),
            }
        }
        // Nine before the lockout, the one that begins it, and one after each lockout.
        assert_eq!(taken, 10 + 3600 / 600 - 1);
    }
}
