//! How often it is told that a connection is lost: at once, then ever more seldom, and once when it is back.

use std::time::{Duration, Instant};

/// Until it is told again that it is still lost; from then on twice as long each time.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// The longest time between two times that it is told.
const AGAIN_WITHIN: Duration = Duration::from_secs(3600);

/// A connection that was lost, or none.
#[derive(Debug, Default)]
pub(super) struct Outage(Option<Lost>);

#[derive(Debug)]
struct Lost {
    since: Instant,
    tell_at: Instant,
    pause: Duration,
}

impl Outage {
    /// It was lost, or could not be had back, at `now`; answers for how long it has been lost if that is to be told.
    pub(super) fn goes_on(&mut self, now: Instant) -> Option<Duration> {
        match &mut self.0 {
            None => {
                self.0 = Some(Lost { since: now, tell_at: now + AGAIN_AFTER, pause: AGAIN_AFTER });
                Some(Duration::ZERO)
            }
            Some(lost) if lost.tell_at <= now => {
                lost.pause = (lost.pause * 2).min(AGAIN_WITHIN);
                lost.tell_at = now + lost.pause;
                Some(now - lost.since)
            }
            Some(_) => None,
        }
    }

    /// It is there at `now`; answers for how long it was lost, if it was.
    pub(super) fn is_over(&mut self, now: Instant) -> Option<Duration> {
        self.0.take().map(|lost| now - lost.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When it is told, in seconds, of a connection that is tried every two for a day.
    fn told(outage: &mut Outage, begin: Instant) -> Vec<u64> {
        let tries = (0..24 * 3600).step_by(2);
        tries.filter(|s| outage.goes_on(begin + Duration::from_secs(*s)).is_some()).collect()
    }

    #[test]
    fn a_lost_connection_is_told_at_once_and_then_ever_more_seldom() {
        let (mut outage, begin) = (Outage::default(), Instant::now());
        let told = told(&mut outage, begin);
        assert_eq!(&told[..7], [0, 60, 180, 420, 900, 1860, 3780]);
        assert!(told[7..].windows(2).all(|pair| pair[1] - pair[0] == AGAIN_WITHIN.as_secs()), "{told:?}");
    }

    #[test]
    fn a_connection_that_is_back_is_told_once_and_lost_again_at_once() {
        let (mut outage, begin) = (Outage::default(), Instant::now());
        let after = |s| begin + Duration::from_secs(s);
        assert_eq!(outage.is_over(begin), None, "it was never lost");
        outage.goes_on(begin);
        assert_eq!(outage.is_over(after(30)), Some(Duration::from_secs(30)));
        assert_eq!(outage.is_over(after(31)), None);
        assert_eq!(outage.goes_on(after(32)), Some(Duration::ZERO));
    }
}
