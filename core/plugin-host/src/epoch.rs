//! Time, as running code notices it: a thread that moves wasmtime's epoch on while anything runs, and what one run
//! has spent of its time.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use wasmtime::{Engine, EngineWeak};

/// Time between two looks at the clock by running code.
pub const TICK: Duration = Duration::from_millis(2);
/// After so many ticks without a run the thread sleeps until there is one.
const IDLE_TICKS_MAX: u32 = 500;
/// What counts at most of the time between two looks, as a part of the time allowed: a thread that the system sets
/// aside for a while is not late for it.
const LOOK_PART: u32 = 10;
/// After so many times the time allowed a run is late whatever the thread was doing.
const PATIENCE: u32 = 20;

/// The thread that ticks. It ends with this value.
pub struct Epoch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    running: AtomicUsize,
    asleep: AtomicBool,
    ended: AtomicBool,
}

/// As long as it lives, time is noticed.
pub struct Noticed<'e>(&'e Epoch);

impl Epoch {
    /// Starts the thread for `engine`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(engine: &Engine) -> io::Result<Self> {
        let shared =
            Arc::new(Shared { running: 0.into(), asleep: AtomicBool::new(false), ended: AtomicBool::new(false) });
        let (engine, seen) = (engine.weak(), shared.clone());
        let thread = thread::Builder::new().name("plugin-epoch".to_owned()).spawn(move || tick(&engine, &seen))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Before a run.
    pub fn notice(&self) -> Noticed<'_> {
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.wake();
        }
        Noticed(self)
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Noticed<'_> {
    fn drop(&mut self) {
        self.0.shared.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Epoch {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that times plugins broke off");
        }
    }
}

fn tick(engine: &EngineWeak, shared: &Shared) {
    let mut idle = 0;
    while !shared.ended.load(Ordering::SeqCst) {
        idle = if shared.running.load(Ordering::SeqCst) > 0 { 0 } else { idle + 1 };
        if idle > IDLE_TICKS_MAX {
            // Said before looking once more: a run that begins now sees it, or is seen here.
            shared.asleep.store(true, Ordering::SeqCst);
            if shared.running.load(Ordering::SeqCst) == 0 && !shared.ended.load(Ordering::SeqCst) {
                thread::park();
            }
            shared.asleep.store(false, Ordering::SeqCst);
            idle = 0;
            continue;
        }
        thread::sleep(TICK);
        let Some(engine) = engine.upgrade() else { return };
        engine.increment_epoch();
    }
}

/// What one run has spent of its time.
pub struct Watch {
    allowed: Duration,
    began: Instant,
    looked: Instant,
    spent: Duration,
}

impl Watch {
    /// Begins now.
    pub fn begin(time_ms: u64) -> Self {
        let now = Instant::now();
        Self { allowed: Duration::from_millis(time_ms), began: now, looked: now, spent: Duration::ZERO }
    }

    /// Whether the time is over. Asked at every tick.
    pub fn is_late(&mut self) -> bool {
        self.look(Instant::now())
    }

    fn look(&mut self, now: Instant) -> bool {
        let counted_max = (self.allowed / LOOK_PART).max(2 * TICK);
        self.spent += now.saturating_duration_since(self.looked).min(counted_max);
        self.looked = now;
        self.spent >= self.allowed || now.saturating_duration_since(self.began) >= self.allowed * PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(time_ms: u64) -> (Watch, Instant) {
        let watch = Watch::begin(time_ms);
        let began = watch.began;
        (watch, began)
    }

    #[test]
    fn a_thread_set_aside_once_is_not_late() {
        let (mut watch, began) = watch(100);
        assert!(!watch.look(began + Duration::from_millis(500)));
    }

    #[test]
    fn a_run_that_computes_for_its_time_is_late() {
        let (mut watch, began) = watch(100);
        let late = (1..=60).find(|tick| watch.look(began + TICK * *tick));
        assert_eq!(late, Some(50));
    }

    #[test]
    fn patience_ends_too() {
        let (mut watch, began) = watch(100);
        assert!(watch.look(began + Duration::from_millis(100) * PATIENCE));
    }

    #[test]
    fn the_thread_ends_with_its_value() {
        let engine = Engine::default();
        let epoch = Epoch::start(&engine).unwrap();
        let shared = Arc::downgrade(&epoch.shared);
        drop(epoch);
        assert!(shared.upgrade().is_none());
    }

    #[test]
    fn a_sleeping_thread_is_woken_by_a_run() {
        let engine = Engine::default();
        let epoch = Epoch::start(&engine).unwrap();
        let becomes = |asleep| {
            (0..20 * IDLE_TICKS_MAX).any(|_| {
                thread::sleep(TICK);
                epoch.shared.asleep.load(Ordering::SeqCst) == asleep
            })
        };
        assert!(becomes(true));
        let _noticed = epoch.notice();
        assert!(becomes(false));
    }
}
