//! What is seen of a policy at work: every question asked of it, every run of a binding, what each decided and spent.
//!
//! Here it is typed and whole, as it happened; what is kept of it is redacted when it is written down ([`Redaction`]).

mod asked;
mod calls;
mod decisions;
mod record;
mod recording;
mod redaction;
mod sampling;
mod spent;

pub use asked::{AfterFault, Answer, Asked, HookRun, RunEnd};
pub use record::{
    AskedRecord, CallRecord, EndRecord, RunRecord, StepRecord, TraceEntry, TraceHead, TraceKind, TraceOutcome,
    TraceStep,
};
pub use recording::{Recording, RecordingPlan};
pub use redaction::{PERSONAL_CLAIMS, Redaction};
pub use sampling::Sampling;
pub use spent::Spent;

use crate::identifiers::TraceId;
use gatewright_protocol::client_id::ClientId;
use std::sync::Arc;

/// Sees the questions that one request asks of a policy, each when it is answered.
pub trait Observer: Send + Sync {
    /// A question was asked. Called on the request's own path: whatever takes time is done elsewhere.
    fn asked(&self, asked: &Arc<Asked>);

    /// A walk came to its end: a code was issued, or it was refused, or it failed. Called as [`Self::asked`] is.
    fn login_ended(&self, _login: &LoginEnded<'_>) {}

    /// Whether it is told of questions that no binding answers, too; they have no runs.
    fn sees_all(&self) -> bool {
        false
    }
}

/// The end of a walk. It says nothing about the end-user.
#[derive(Debug, Clone, Copy)]
pub struct LoginEnded<'e> {
    /// Its trace, whether that is written or not.
    pub trace: &'e TraceId,
    /// For whom.
    pub client: &'e ClientId,
    /// How it ended.
    pub outcome: TraceOutcome,
    /// What was wrong: an error code of the protocol, or `fault`.
    pub error: Option<&'e str>,
    /// From its beginning to its end, in milliseconds, pages and all; none where the beginning is not known.
    pub took_ms: Option<u64>,
}

/// Takes what is to be written down.
pub trait TraceSink: Send + Sync {
    /// Takes an entry. Called on the request's own path: it is written elsewhere, or left out and counted when more
    /// comes than can be written.
    fn write(&self, entry: TraceEntry);
}

/// Where a policy is asked, and who sees it.
#[derive(Clone)]
pub struct Scene {
    /// Sees every question.
    pub observer: Arc<dyn Observer>,
}

#[cfg(test)]
mod tests;
