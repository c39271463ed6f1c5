//! Logins that went well and are not written: what was seen of them is kept in memory for a while, so that a fault at the
//! redemption of their code is written with all that came before it. It costs no write, and so it is known only on the
//! node that finished the login, and only of the latest.

use super::recorder::Seen;
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::trace::TraceStep;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most logins kept; the oldest goes first. A code is redeemed within seconds.
pub const FINISHED_MAX: usize = 256;

/// What was seen of a login.
pub(super) struct FinishedLogin {
    /// When it began, in milliseconds since 1970.
    pub(super) began_at_ms: i64,
    /// Steps of its earlier requests.
    pub(super) steps: Vec<TraceStep>,
    /// What its last request saw, not written down yet.
    pub(super) seen: Vec<Seen>,
}

/// The latest logins that wait for the redemption of their code.
#[derive(Default)]
pub(super) struct Finished(Mutex<VecDeque<(TraceId, FinishedLogin)>>);

impl Finished {
    fn kept(&self) -> MutexGuard<'_, VecDeque<(TraceId, FinishedLogin)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, id: TraceId, login: FinishedLogin) {
        let mut kept = self.kept();
        if kept.len() >= FINISHED_MAX {
            kept.pop_front();
        }
        kept.push_back((id, login));
    }

    pub(super) fn take(&self, id: &TraceId) -> Option<FinishedLogin> {
        let mut kept = self.kept();
        // The latest is the likeliest.
        let place = kept.iter().rposition(|(known, _)| known == id)?;
        kept.remove(place).map(|(_, login)| login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> TraceId {
        TraceId::parse(format!("t{number}")).unwrap()
    }

    #[test]
    fn of_too_many_logins_the_oldest_is_forgotten_and_each_is_taken_once() {
        let finished = Finished::default();
        for number in 0..=FINISHED_MAX {
            let began_at_ms = i64::try_from(number).unwrap();
            finished.keep(id(number), FinishedLogin { began_at_ms, steps: Vec::new(), seen: Vec::new() });
        }
        assert!(finished.take(&id(0)).is_none());
        for number in [1, FINISHED_MAX] {
            let login = finished.take(&id(number)).unwrap();
            assert_eq!(login.began_at_ms, i64::try_from(number).unwrap());
            assert!(finished.take(&id(number)).is_none());
        }
    }
}
