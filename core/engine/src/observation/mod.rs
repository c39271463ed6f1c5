//! Watching the walk: every question to the policy is seen, and of some walks a trace is written.
//!
//! A share of the logins is written from the beginning. Of all others the steps are kept with the interaction, in short,
//! and written only when the login ends in a fault or is denied: then its earlier pages are there too. What comes
//! after a login (a refresh, userinfo, introspection) is a trace of its own that names the login, and is written when
//! the login's is; the redemption of the code belongs to the login.

mod finished;
mod later;
mod recorder;

pub use finished::FINISHED_MAX;

pub(crate) use later::Later;
pub(crate) use recorder::{End, Recorder, Traced};

use crate::Engine;
use finished::Finished;
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::signing::Sealer;
use gatewright_domain::trace::{
    Observer, RecordingPlan, Redaction, Sampling, StepRecord, TraceEntry, TraceHead, TraceSink, TraceStep,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bits of a step's number that tell steps of one millisecond apart.
const COUNT_BITS: u32 = 20;

/// Who watches, and what is written.
#[derive(Clone, Default)]
pub struct Observation {
    /// See every question.
    pub observers: Vec<Arc<dyn Observer>>,
    /// Takes what is written; without, there are no traces.
    pub sink: Option<Arc<dyn TraceSink>>,
    /// Which logins are written from the beginning.
    pub sampling: Sampling,
    /// What of them may be written.
    pub redaction: Redaction,
    /// Which are recorded too, so that another policy can be asked the same.
    pub recording: Option<Recording>,
}

/// Recording of questions, with what seals them.
#[derive(Clone)]
pub struct Recording {
    /// Which.
    pub plan: RecordingPlan,
    /// Seals the records with the master key.
    pub sealer: Arc<dyn Sealer>,
}

/// Observation, as the engine keeps it.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) observation: Observation,
    counted: AtomicU32,
    finished: Finished,
}

impl Watch {
    pub(crate) fn new(observation: Observation) -> Self {
        Self { observation, counted: AtomicU32::new(0), finished: Finished::default() }
    }

    /// The number of a step: it grows with time, and two nodes hardly ever give the same.
    fn number(&self, at_ms: i64) -> i64 {
        let count = i64::from(self.counted.fetch_add(1, Ordering::Relaxed) & ((1 << COUNT_BITS) - 1));
        at_ms.saturating_mul(1 << COUNT_BITS).saturating_add(count)
    }

    /// What records the trace of that head, if it is to be recorded.
    fn recording(&self, head: &TraceHead) -> Option<&Recording> {
        let recording = self.observation.recording.as_ref().filter(|_| self.observation.sink.is_some())?;
        let login = head.login.as_ref().unwrap_or(&head.id);
        recording.plan.takes(&head.client, login).then_some(recording)
    }

    fn step(&self, at_ms: i64, what: StepRecord) -> TraceStep {
        TraceStep { number: self.number(at_ms), at_ms, correlation: None, what, recording: None }
    }
}

impl Engine {
    /// Has itself watched.
    #[must_use]
    pub fn watched(self, observation: Observation) -> Self {
        Self { watch: Arc::new(Watch::new(observation)), ..self }
    }

    /// A fault of that trace was logged under a correlation id; an error page may show it.
    pub fn correlate(&self, trace: &TraceId, correlation: &str, endpoint: &str) {
        let Some(sink) = &self.watch.observation.sink else { return };
        let step = self.watch.step(self.world.clock.now_ms(), StepRecord::Logged { endpoint: endpoint.to_owned() });
        let step = TraceStep { correlation: Some(correlation.to_owned()), ..step };
        sink.write(TraceEntry { trace: trace.clone(), head: None, steps: vec![step] });
    }
}
