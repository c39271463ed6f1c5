//! One question asked of a policy, with all that is needed to ask another policy the same.

use super::Spent;
use crate::flow::{HookFault, Journal, Wait};
use crate::hooks::{HookDecision, HookInput, HookKind};
use crate::identifiers::{BindingName, BundleDigest};

/// A question that at least one binding was run for. One that no binding answers is not asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The bundle that was asked.
    pub bundle: BundleDigest,
    /// What it was told; the hook is known by it.
    pub input: HookInput,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What came of it, all runs together.
    pub answer: Answer,
    /// The bindings that were run, in order; stand-ins among them.
    pub runs: Vec<HookRun>,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A decision: the one the request goes on with.
    Decided(HookDecision),
    /// It waits for the browser. The same question is asked again when the browser has answered.
    Waiting(Wait),
    /// A fault that its binding let stand.
    Fault(HookFault),
}

/// One binding, run.
#[derive(Debug, Clone, PartialEq)]
pub struct HookRun {
    /// Which.
    pub binding: BindingName,
    /// Every host call it has made of this flow, with its answer, in this request and before it.
    pub journal: Journal,
    /// How many of them were answered before this run began: by an earlier request, or by what the browser brought.
    pub known: usize,
    /// How it ended.
    pub end: RunEnd,
    /// What it took.
    pub spent: Spent,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEnd {
    /// It decided, and the contract was kept.
    Decided(HookDecision),
    /// It waits for the browser.
    Waiting(Wait),
    /// It failed.
    Fault {
        /// How.
        fault: HookFault,
        /// What its binding says is to be done then.
        then: AfterFault,
    },
}

/// What a binding's `on_error` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFault {
    /// The fault is the answer.
    Deny,
    /// As if the binding were not there.
    Skip,
    /// The next run is of what stands in for it.
    Fallback,
}

impl Asked {
    /// Which hook was asked.
    pub fn hook(&self) -> HookKind {
        self.input.kind()
    }
}

impl AfterFault {
    /// As a manifest says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Skip => "skip",
            Self::Fallback => "fallback",
        }
    }
}
