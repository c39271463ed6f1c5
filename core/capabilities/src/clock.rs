//! The system's clock: the one place where the time is read.

use gatewright_domain::clock::Clock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time the operating system says it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is domain::clock's implementation, where all others ask")]
    fn now_ms(&self) -> i64 {
        let milliseconds = |span: std::time::Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => milliseconds(since),
            Err(before) => -milliseconds(before.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_later_than_when_this_was_written_and_does_not_stand_still() {
        let first = SystemClock.now_ms();
        assert!(first > 1_763_000_000_000);
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(SystemClock.now_ms() > first);
        assert_eq!(SystemClock.now().0, SystemClock.now_ms() / 1000);
    }
}
