//! A question while it is asked: what it is asked with, and what is written down of its runs where someone looks on.

use super::bound::Bound;
use super::decision::Decision;
use gatewright_domain::flow::{Flow, FlowEnd, HookFault, Journal, Record, Recorded, Tools};
use gatewright_domain::hooks::HookInput;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trace::{Answer, Asked, HookRun, RunEnd, Spent};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A question that is being asked.
pub(super) struct Question<'b> {
    tools: &'b Tools,
    input: OnceLock<HookInput>,
    notes: Option<Notes>,
    record: Option<Arc<Record>>,
}

struct Notes {
    at_ms: i64,
    runs: Mutex<Vec<HookRun>>,
}

/// What a run leaves beside its end.
pub(super) struct Ran<'f> {
    /// The flow's journal after it.
    pub(super) journal: &'f Journal,
    /// How many of its entries were there before it.
    pub(super) known: usize,
    /// What it took.
    pub(super) spent: Spent,
}

impl<'b> Question<'b> {
    /// One that nobody looks on at.
    pub(super) fn unseen(tools: &'b Tools) -> Self {
        Self { tools, input: OnceLock::new(), notes: None, record: None }
    }

    /// One whose runs are written down.
    pub(super) fn seen(tools: &'b Tools) -> Self {
        let notes = Notes { at_ms: tools.clock.now_ms(), runs: Mutex::default() };
        Self { notes: Some(notes), ..Self::unseen(tools) }
    }

    /// One that is asked on a record of another's runs.
    pub(super) fn on_record(tools: &'b Tools, record: Arc<Record>) -> Self {
        Self { record: Some(record), ..Self::seen(tools) }
    }

    /// Whether it is asked on a record.
    pub(super) fn is_on_record(&self) -> bool {
        self.record.is_some()
    }

    /// A flow at its beginning.
    pub(super) fn flow(&self) -> Flow {
        Flow { recorded: self.record.clone().map(Recorded::new), ..Flow::default() }
    }

    /// What it is asked with.
    pub(super) fn tools(&self) -> &'b Tools {
        self.tools
    }

    /// Its input, once it is known that a binding will be asked.
    pub(super) fn of(&self, input: HookInput) -> &HookInput {
        self.input.get_or_init(|| input)
    }

    /// A binding was run.
    pub(super) fn ran<D: Decision>(&self, bound: &Bound, ran: Ran<'_>, ended: &Result<FlowEnd<D>, HookFault>) {
        let Some(notes) = &self.notes else { return };
        let end = match ended {
            Ok(FlowEnd::Decided(decision)) => RunEnd::Decided(decision.to_any()),
            Ok(FlowEnd::Waiting(wait)) => RunEnd::Waiting(wait.clone()),
            Err(fault) => RunEnd::Fault { fault: fault.clone(), then: bound.after_fault() },
        };
        let Ran { journal, known, spent } = ran;
        let run = HookRun { binding: bound.name.clone(), journal: journal.clone(), known, end, spent };
        notes.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
    }

    /// What was seen of it; nothing when no binding was asked.
    pub(super) fn asked(self, bundle: &BundleDigest, answer: Answer) -> Option<Asked> {
        let (notes, input) = (self.notes?, self.input.into_inner()?);
        let runs = notes.runs.into_inner().unwrap_or_else(PoisonError::into_inner);
        Some(Asked { bundle: bundle.clone(), input, at_ms: notes.at_ms, answer, runs })
    }
}
