//! One compiled binding: runs its program within its time, and does what its `on_error` says.

use super::decision::Decision;
use super::question::{Question, Ran};
use crate::manifest::{Terms, When};
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::{FaultKind, Flow, FlowEnd, HookFault, Host, Tools};
use gatewright_domain::hooks::{HookInput, HookKind, Limits, Program, Run};
use gatewright_domain::identifiers::BindingName;
use gatewright_domain::trace::{AfterFault, Spent};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A binding with its program.
pub(crate) struct Bound {
    pub(crate) name: BindingName,
    pub(crate) hook: HookKind,
    pub(crate) stand_in: bool,
    pub(crate) when: When,
    pub(crate) loan: Loan,
    pub(crate) limits: Limits,
    pub(crate) terms: Terms,
    pub(crate) program: Arc<dyn Program>,
    /// Of the files that its program is made of.
    pub(crate) code: [u8; 32],
    pub(crate) on_fault: OnFault,
}

/// What happens when it fails.
pub(crate) enum OnFault {
    /// The fault is the answer.
    Deny,
    /// As if the binding were not there.
    Skip,
    /// This one runs instead.
    Fallback(Arc<Bound>),
}

/// What comes after a fault that its binding does not let stand.
pub(crate) enum Next<'b> {
    /// As if the binding were not there.
    Skip,
    /// This one runs instead.
    Fallback(&'b Arc<Bound>),
}

/// Holds a decision against the contract, for the binding that took it: an equal one, or one with what the binding
/// left to be filled in.
pub(crate) type Admit<'a, D> = dyn Fn(&Bound, D) -> Result<D, FaultKind> + Send + Sync + 'a;

impl Bound {
    /// Itself, then what stands in for it, one after another.
    pub(crate) fn chain(self: &Arc<Self>) -> impl Iterator<Item = &Arc<Self>> {
        std::iter::successors(Some(self), |bound| match &bound.on_fault {
            OnFault::Fallback(next) => Some(next),
            OnFault::Deny | OnFault::Skip => None,
        })
    }

    /// Whether it is left out when it fails.
    pub(crate) fn skips(&self) -> bool {
        matches!(self.on_fault, OnFault::Skip)
    }

    /// Runs the program once, to its decision or to where it waits, within `total_ms`.
    pub(crate) async fn run(
        &self,
        input: &HookInput,
        flow: &mut Flow,
        tools: &Tools,
    ) -> (Result<Run, HookFault>, Spent) {
        let began = Instant::now();
        let mut host = Host::new(&self.name, &self.loan, tools, flow, self.hook.is_interactive());
        let total_ms = self.limits.total_ms;
        let run = self.program.run(input, &mut host);
        let ended = match tokio::time::timeout(Duration::from_millis(total_ms), run).await {
            Ok(ended) => ended,
            Err(_) => Err(self.fault(FaultKind::Overrun { limit: "milliseconds in all", max: total_ms })),
        };
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        (ended, Spent { micros, ..*host.spent() })
    }

    /// Asks a hook that shows no pages. Nothing means: it failed, and is to be skipped.
    pub(super) async fn decide<D: Decision>(
        self: &Arc<Self>,
        input: &HookInput,
        question: &Question<'_>,
        admit: &Admit<'_, D>,
    ) -> Result<Option<D>, HookFault> {
        let mut current = self;
        loop {
            let mut flow = question.flow();
            let (ended, spent) = current.run(input, &mut flow, question.tools()).await;
            let decided = match ended {
                Ok(Run::Decided(decision)) => current.admitted(decision, admit).map(FlowEnd::Decided),
                Ok(Run::Waiting(_)) => Err(current.fault(FaultKind::NotInteractive)),
                Err(fault) => Err(fault),
            };
            question.ran(current, Ran { journal: &flow.journal, known: 0, spent }, &decided);
            match decided {
                Ok(FlowEnd::Decided(decision)) => return Ok(Some(decision)),
                Ok(FlowEnd::Waiting(_)) => return Err(current.fault(FaultKind::NotInteractive)),
                Err(fault) => match current.after(fault, question)? {
                    Next::Skip => return Ok(None),
                    Next::Fallback(next) => current = next,
                },
            }
        }
    }

    /// The decision, if it is one of this hook's and keeps its contract.
    pub(crate) fn admitted<D: Decision>(
        &self,
        decision: gatewright_domain::hooks::HookDecision,
        admit: &Admit<'_, D>,
    ) -> Result<D, HookFault> {
        let decision = D::of(decision).map_err(|got| {
            self.fault(FaultKind::WrongDecision {
                expected: self.hook.decisions(),
                got: format!("a decision of {got}"),
            })
        })?;
        admit(self, decision).map_err(|kind| self.fault(kind))
    }

    /// What comes after a fault: the fault itself, or what the binding says, with a line in the log that says why.
    /// On a record no line is written, and a call that the record does not know stands whatever the binding says.
    pub(super) fn after(&self, fault: HookFault, question: &Question<'_>) -> Result<Next<'_>, HookFault> {
        let binding = self.name.as_str();
        if question.is_on_record() {
            return match &self.on_fault {
                _ if matches!(fault.kind, FaultKind::Unrecorded { .. }) => Err(fault),
                OnFault::Deny => Err(fault),
                OnFault::Skip => Ok(Next::Skip),
                OnFault::Fallback(next) => Ok(Next::Fallback(next)),
            };
        }
        match &self.on_fault {
            OnFault::Deny => Err(fault),
            OnFault::Skip => {
                tracing::warn!(hook.binding = binding, hook.on_error = "skip", "{fault}; skipped");
                Ok(Next::Skip)
            }
            OnFault::Fallback(next) => {
                tracing::warn!(
                    hook.binding = binding,
                    hook.on_error = "fallback",
                    "{fault}; {} runs instead",
                    next.name
                );
                Ok(Next::Fallback(next))
            }
        }
    }

    /// What it says is to be done after a fault.
    pub(crate) fn after_fault(&self) -> AfterFault {
        match &self.on_fault {
            OnFault::Deny => AfterFault::Deny,
            OnFault::Skip => AfterFault::Skip,
            OnFault::Fallback(_) => AfterFault::Fallback,
        }
    }

    /// A fault of this binding.
    pub(crate) fn fault(&self, kind: FaultKind) -> HookFault {
        HookFault::new(self.name.clone(), kind)
    }
}
