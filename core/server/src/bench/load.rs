//! The closed loop: each worker begins its next operation when the last one is answered, or when its turn has come.

use super::laps::Laps;
use super::scenario::Operation;
use super::tally::Tally;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long a worker waits after a failure, so that a dead server is not asked in a tight loop.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);

/// A worker: an operation that can be done again and again.
pub(super) type Worker = Box<dyn Operation>;

/// When a load ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// After this time; operations that have begun are finished.
    For(Duration),
    /// After this many operations, those that fail included.
    Operations(u64),
}

/// A load while it runs.
pub(super) struct Load {
    pub(super) extent: Extent,
    pub(super) started: Instant,
    /// Operations a second that may begin.
    rate: Option<f64>,
    turns: AtomicU64,
    begun: AtomicU64,
    tally: Mutex<Tally>,
}

impl Load {
    /// A load that begins now.
    pub(super) fn new(extent: Extent) -> Self {
        let (turns, begun) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { extent, started: Instant::now(), rate: None, turns, begun, tally: Mutex::new(Tally::new()) }
    }

    /// The same load, that begins no more than `rate` operations a second. Who is late begins at once: the server's
    /// slowness costs no operations as long as there are connections.
    pub(super) fn at_rate(self, rate: Option<f64>) -> Self {
        Self { rate, ..self }
    }

    /// The counts as they stand, locked: one at a time.
    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        // A count is whole whenever the lock is free, even if a thread died with it.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admits_another(&self) -> bool {
        match self.extent {
            Extent::For(duration) => self.started.elapsed() < duration,
            Extent::Operations(count) => self.begun.fetch_add(1, Ordering::Relaxed) < count,
        }
    }

    /// Waits for the next turn, where the load has a rate.
    async fn turn(&self) {
        if let Some(rate) = self.rate {
            let turn = self.turns.fetch_add(1, Ordering::Relaxed);
            #[expect(clippy::cast_precision_loss, reason = "no load has 2^52 operations")]
            let due = self.started + Duration::from_secs_f64(turn as f64 / rate);
            tokio::time::sleep_until(due.into()).await;
        }
    }

    async fn work(&self, worker: &mut Worker) {
        loop {
            self.turn().await;
            if !self.admits_another() {
                break;
            }
            if let Err(failure) = worker.make_ready().await {
                self.tally().failure(&failure);
                tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                continue;
            }
            let begun = Instant::now();
            let mut laps = Laps::start();
            match worker.operate(&mut laps).await {
                Ok(()) => self.tally().success(begun.elapsed(), &laps.laps),
                Err(failure) => {
                    self.tally().failure(&failure);
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    }
}

/// Runs a load over all workers to its end, and gives them back with the time it took.
pub(super) async fn drive(load: &Arc<Load>, workers: Vec<Worker>) -> (Vec<Worker>, Duration) {
    let mut tasks = JoinSet::new();
    for mut worker in workers {
        let load = Arc::clone(load);
        tasks.spawn(async move {
            load.work(&mut worker).await;
            worker
        });
    }
    (tasks.join_all().await, load.started.elapsed())
}

/// Makes all workers ready at once; failures are counted in the load.
pub(super) async fn make_ready(load: &Arc<Load>, workers: Vec<Worker>) -> Vec<Worker> {
    let mut tasks = JoinSet::new();
    for mut worker in workers {
        let load = Arc::clone(load);
        tasks.spawn(async move {
            if let Err(failure) = worker.make_ready().await {
                load.tally().failure(&failure);
            }
            worker
        });
    }
    tasks.join_all().await
}

#[cfg(test)]
mod tests {
    use super::super::failure::Failure;
    use super::*;
    use async_trait::async_trait;

    /// Fails every third time, and takes a millisecond.
    struct Stub(u64);

    #[async_trait]
    impl Operation for Stub {
        async fn make_ready(&mut self) -> Result<(), Failure> {
            if self.0 == u64::MAX { Err(Failure::NoRefreshToken) } else { Ok(()) }
        }

        async fn operate(&mut self, laps: &mut Laps) -> Result<(), Failure> {
            tokio::time::sleep(Duration::from_millis(1)).await;
            laps.lap("only");
            self.0 += 1;
            if self.0.is_multiple_of(3) { Err(Failure::Inactive) } else { Ok(()) }
        }

        fn requests(&self) -> u64 {
            self.0
        }
    }

    fn stubs(count: u64) -> Vec<Worker> {
        (0..count).map(|_| Box::new(Stub(0)) as Worker).collect()
    }

    #[tokio::test]
    async fn a_number_of_operations_is_met_exactly_failures_included() {
        let load = Arc::new(Load::new(Extent::Operations(12)));
        let (workers, elapsed) = drive(&load, stubs(2)).await;
        let tally = load.tally();
        assert_eq!(tally.operations + tally.failed(), 12);
        assert_eq!(tally.latencies.summary().count, tally.operations);
        assert_eq!(workers.iter().map(|worker| worker.requests()).sum::<u64>(), 12);
        assert!(elapsed >= PAUSE_AFTER_FAILURE);
    }

    #[tokio::test]
    async fn a_duration_is_kept_and_begun_operations_are_finished() {
        let load = Arc::new(Load::new(Extent::For(Duration::from_millis(30))));
        let (workers, elapsed) = drive(&load, stubs(3)).await;
        assert!(workers.len() == 3 && elapsed >= Duration::from_millis(30));
        let tally = load.tally();
        let counted = tally.operations + tally.failed();
        assert_eq!(workers.iter().map(|worker| worker.requests()).sum::<u64>(), counted);
    }

    #[tokio::test]
    async fn a_rate_is_not_exceeded_however_many_work() {
        let load = Arc::new(Load::new(Extent::Operations(11)).at_rate(Some(200.0)));
        let (_, elapsed) = drive(&load, stubs(8)).await;
        // Ten intervals of five milliseconds lie between eleven operations.
        assert!(elapsed >= Duration::from_millis(50), "{elapsed:?}");
    }

    #[tokio::test]
    async fn a_worker_that_is_not_ready_is_an_error_and_no_operation() {
        let load = Arc::new(Load::new(Extent::Operations(2)));
        let (workers, _) = drive(&load, vec![Box::new(Stub(u64::MAX))]).await;
        {
            let tally = load.tally();
            assert_eq!((tally.operations, tally.failed()), (0, 2));
        }
        make_ready(&load, workers).await;
        assert_eq!(load.tally().errors["no refresh token"].count, 3);
    }
}
