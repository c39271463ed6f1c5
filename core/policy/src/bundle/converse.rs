//! Asking a hook that shows pages, over as many requests as it takes.
//!
//! The flow's journal says whose it is. A flow goes on with the binding that began it, whatever the selectors would
//! say by now. A fallback begins a fresh journal in its own name: from then on the flow is the fallback's, over
//! restarts too, and what the failed binding had done is never replayed by another.

use super::bound::{Admit, Bound, Next};
use super::decision::Decision;
use super::question::{Question, Ran};
use gatewright_domain::flow::{FaultKind, Flow, FlowEnd, HookFault};
use gatewright_domain::hooks::{HookInput, Run};
use std::sync::Arc;

/// Asks `first`, or goes on with what stands in for it. Nothing means: it failed, and is to be skipped.
pub(super) async fn converse<D: Decision>(
    first: &Arc<Bound>,
    input: &HookInput,
    flow: &mut Flow,
    question: &Question<'_>,
    admit: &Admit<'_, D>,
) -> Result<Option<FlowEnd<D>>, HookFault> {
    let mut current = match flow.journal.owner() {
        None => first,
        Some(owner) => first.chain().find(|bound| bound.name == *owner).ok_or_else(|| {
            first.fault(FaultKind::Unavailable { what: format!("go on with a flow that {owner} began") })
        })?,
    };
    loop {
        flow.journal.begin(&current.name);
        let known = flow.journal.entries().len();
        let (ended, spent) = current.run(input, flow, question.tools()).await;
        let ended = match ended {
            Ok(Run::Waiting(wait)) => Ok(FlowEnd::Waiting(wait)),
            Ok(Run::Decided(decision)) => current.admitted(decision, admit).map(FlowEnd::Decided),
            Err(fault) => Err(fault),
        };
        question.ran(current, Ran { journal: &flow.journal, known, spent }, &ended);
        match ended {
            Ok(end) => return Ok(Some(end)),
            Err(fault) => match current.after(fault, question)? {
                Next::Skip => return Ok(None),
                Next::Fallback(next) => {
                    current = next;
                    // Its typed secrets go too: they are known by their place in the journal that ends here.
                    let (interaction, address) = (flow.interaction.take(), flow.address);
                    *flow = Flow { interaction, address, ..question.flow() };
                }
            },
        }
    }
}
