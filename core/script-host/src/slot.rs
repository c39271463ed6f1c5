//! What one run carries with it. Native functions find it through the engine's tag: the desk that meets host
//! calls, the deadline, and why the run was stopped.
//!
//! **Invariant:** once a run is stopped, whatever the script does or returns after it counts for nothing.

use crate::failure::{Thrown, failed, placed, refuse};
use crate::sizes::Sizes;
use gatewright_domain::flow::{Desk, FaultKind, HostAnswer, HostCall, Met, Pending};
use rhai::{Dynamic, EvalAltResult, ImmutableString, NativeCallContext, Position};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Operations between two looks at the clock.
const OPERATIONS_A_LOOK: u64 = 16;
/// What counts at most of the time between two looks, as a part of the time allowed: a thread that the system sets
/// aside for a while is not late for it.
const LOOK_PART: u64 = 10;
/// After so many times the time allowed a run is late whatever the thread was doing.
const PATIENCE: u64 = 20;

/// One seat's slot; empty between two runs.
pub struct Slot {
    /// Nanoseconds count from here.
    since: Instant,
    /// How long the run may compute, in nanoseconds.
    allowed: AtomicU64,
    /// When it began.
    began: AtomicU64,
    /// When the clock was last looked at.
    looked: AtomicU64,
    /// How long it has computed.
    spent: AtomicU64,
    /// Operations it took.
    operations: AtomicU64,
    /// Whether it computed for too long.
    late: AtomicBool,
    /// Looks at the sizes of variables.
    pub sizes: Sizes,
    burst: Mutex<Option<Burst>>,
}

/// The state of one run.
pub struct Burst {
    /// Meets host calls.
    pub desk: Desk,
    /// What `notice` said, for the next page.
    pub notice: Option<ImmutableString>,
    /// Why the run was stopped.
    pub stop: Option<Stop>,
}

/// Why a run was stopped, and where.
pub struct Stop {
    /// Why.
    pub why: Why,
    /// Where in its file.
    pub position: Position,
    /// Which file, unless the hook's own.
    pub file: Option<String>,
}

/// Why a run was stopped.
pub enum Why {
    /// A host call has no answer yet.
    Pending(Pending),
    /// A host call was a fault of the hook.
    Fault(FaultKind),
}

impl Slot {
    /// An empty slot.
    pub fn new() -> Self {
        Self {
            since: Instant::now(),
            allowed: AtomicU64::new(0),
            began: AtomicU64::new(0),
            looked: AtomicU64::new(0),
            spent: AtomicU64::new(0),
            operations: AtomicU64::new(0),
            late: AtomicBool::new(false),
            sizes: Sizes::new(),
            burst: Mutex::new(None),
        }
    }

    /// Before a run.
    pub fn begin(&self, desk: Desk, time_ms: u64) {
        let now = self.now();
        self.allowed.store(time_ms.saturating_mul(1_000_000), Ordering::Relaxed);
        self.began.store(now, Ordering::Relaxed);
        self.looked.store(now, Ordering::Relaxed);
        self.spent.store(0, Ordering::Relaxed);
        self.operations.store(0, Ordering::Relaxed);
        self.late.store(false, Ordering::Relaxed);
        self.sizes.begin();
        *self.lock() = Some(Burst { desk, notice: None, stop: None });
    }

    /// After a run, even one that panicked. None when none was begun.
    pub fn end(&self) -> Option<Burst> {
        self.lock().take()
    }

    /// Whether its time stopped the run.
    pub fn was_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }

    /// Operations the run has taken so far.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// Rhai's progress callback: ends a run that is over its time.
    pub fn progress(&self, operations: u64) -> Option<Dynamic> {
        self.operations.store(operations, Ordering::Relaxed);
        if !operations.is_multiple_of(OPERATIONS_A_LOOK) {
            return None;
        }
        let (now, allowed) = (self.now(), self.allowed.load(Ordering::Relaxed));
        let passed = now.saturating_sub(self.looked.swap(now, Ordering::Relaxed));
        let counted = passed.min(allowed / LOOK_PART);
        let spent = self.spent.fetch_add(counted, Ordering::Relaxed).saturating_add(counted);
        let since_begin = now.saturating_sub(self.began.load(Ordering::Relaxed));
        let late = spent >= allowed || since_begin >= allowed.saturating_mul(PATIENCE);
        if late {
            self.late.store(true, Ordering::Relaxed);
        }
        late.then_some(Dynamic::UNIT)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Does something with the run's state.
    ///
    /// # Errors
    /// Outside of a run: while constants are computed at compile time.
    pub fn with<T>(context: &NativeCallContext, act: impl FnOnce(&mut Burst) -> T) -> Thrown<T> {
        let outside = || refuse(format!("{} can be called only while the hook runs", context.fn_name()));
        let tag = context.tag().ok_or_else(outside)?;
        let slot = tag.read_lock::<Arc<Self>>().ok_or_else(outside)?;
        let mut burst = slot.lock();
        burst.as_mut().map(act).ok_or_else(outside)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Burst>> {
        self.burst.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Burst {
    fn meet(&mut self, call: HostCall, context: &NativeCallContext) -> Thrown<HostAnswer> {
        if self.stop.is_some() {
            return Err(stopped());
        }
        let why = match self.desk.meet(call) {
            Ok(Met::Answered(HostAnswer::Failed(error))) => return Err(failed(error)),
            Ok(Met::Answered(answer)) => return Ok(answer),
            Ok(Met::Pending(pending)) => Why::Pending(pending),
            Err(fault) => Why::Fault(fault),
        };
        self.stop(why, context);
        Err(stopped())
    }

    fn stop(&mut self, why: Why, context: &NativeCallContext) {
        let file = context.call_source().map(str::to_owned);
        self.stop.get_or_insert(Stop { why, position: context.call_position(), file });
    }
}

/// Makes a host call. What it raises when the run must stop cannot be caught by a script.
///
/// # Errors
/// The capability's own failure, which a script may catch; or that the run is stopped.
pub fn host_call(context: &NativeCallContext, call: HostCall) -> Thrown<HostAnswer> {
    placed(context, Slot::with(context, |burst| burst.meet(call, context)).flatten())
}

/// Stops the run: the host answered with something that is no answer to `call`.
pub fn wrong_answer<T>(context: &NativeCallContext, call: &str) -> Thrown<T> {
    let what = format!("answer {call} from the journal");
    Slot::with(context, |burst| burst.stop(Why::Fault(FaultKind::Unavailable { what }), context))?;
    Err(stopped())
}

fn stopped() -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, Position::NONE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn begun(time_ms: u64) -> Slot {
        let slot = Slot::new();
        slot.allowed.store(time_ms * 1_000_000, Ordering::Relaxed);
        slot
    }

    #[test]
    fn a_thread_set_aside_once_is_not_late() {
        let slot = begun(10);
        std::thread::sleep(Duration::from_millis(30));
        assert!(slot.progress(OPERATIONS_A_LOOK).is_none() && !slot.was_late());
    }

    #[test]
    fn a_run_that_computes_for_its_time_is_late() {
        let slot = begun(10);
        let looks = (1..=LOOK_PART).filter(|look| {
            std::thread::sleep(Duration::from_millis(2));
            slot.progress(look * OPERATIONS_A_LOOK).is_none()
        });
        assert!(looks.count() < LOOK_PART as usize && slot.was_late());
    }

    #[test]
    fn patience_ends_too() {
        let slot = begun(1);
        std::thread::sleep(Duration::from_millis(1 + PATIENCE));
        assert!(slot.progress(OPERATIONS_A_LOOK).is_some());
    }
}
