//! How long the steps of one operation take.

use std::time::{Duration, Instant};

/// The steps of one operation.
pub(super) struct Laps {
    last: Instant,
    /// Name and length of each step, in order.
    pub(super) laps: Vec<(&'static str, Duration)>,
}

impl Laps {
    /// Starts timing.
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    /// Ends a step, and with that begins the next.
    pub(super) fn lap(&mut self, step: &'static str) {
        let now = Instant::now();
        self.laps.push((step, now - self.last));
        self.last = now;
    }

    /// Ends a step that is the same as the last one if `again`, and then counts as one with it.
    pub(super) fn lap_again(&mut self, step: &'static str, again: bool) {
        let before = if again { self.laps.pop().map_or(Duration::ZERO, |(_, length)| length) } else { Duration::ZERO };
        self.lap(step);
        if let Some((_, length)) = self.laps.last_mut() {
            *length += before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_in_a_row_are_one_step() {
        let mut laps = Laps::start();
        laps.lap("authorize");
        for hop in 0..3 {
            std::thread::sleep(Duration::from_millis(2));
            laps.lap_again("redirects", hop > 0);
        }
        laps.lap_again("redirects", false);
        let steps: Vec<_> = laps.laps.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, ["authorize", "redirects", "redirects"]);
        assert!(laps.laps[1].1 >= Duration::from_millis(6));
    }
}
