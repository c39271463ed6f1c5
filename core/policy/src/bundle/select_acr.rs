//! `select_acr`: every matching binding in order, the first that does not pass.

use super::bound::Bound;
use super::question::Question;
use super::{CompiledBundle, facts_of};
use crate::manifest::Facts;
use gatewright_domain::flow::{FaultKind, HookFault};
use gatewright_domain::hooks::{Acrs, HookInput, HookKind, SelectAcrDecision, SelectAcrInput};
use gatewright_protocol::acr::Acr;

impl CompiledBundle {
    pub(super) async fn ask_select_acr(
        &self,
        input: SelectAcrInput,
        question: &Question<'_>,
    ) -> Result<SelectAcrDecision, HookFault> {
        let matching = self.matching(HookKind::SelectAcr, &facts(&input));
        if matching.is_empty() {
            return Ok(SelectAcrDecision::Pass);
        }
        let admit = |_: &Bound, decision| admit(&self.acrs, decision);
        let input = question.of(HookInput::SelectAcr(input));
        for bound in matching {
            match bound.decide(input, question, &admit).await? {
                None | Some(SelectAcrDecision::Pass) => {}
                Some(decision) => return Ok(decision),
            }
        }
        Ok(SelectAcrDecision::Pass)
    }
}

/// Here nothing is reached yet: what the client asks for is what counts.
pub(super) fn facts(input: &SelectAcrInput) -> Facts<'_> {
    Facts { acr: &input.login.acr_values, ..facts_of(&input.login) }
}

fn admit(acrs: &Acrs, decision: SelectAcrDecision) -> Result<SelectAcrDecision, FaultKind> {
    if let SelectAcrDecision::Use(wanted) = &decision {
        if wanted.is_empty() {
            return Err(FaultKind::NotAllowed { why: "it names no ACR; use pass() to leave the choice".into() });
        }
        wanted.iter().try_for_each(|acr| known(acrs, acr))?;
    }
    Ok(decision)
}

/// Whether a decision may name this ACR.
pub(super) fn known(acrs: &Acrs, acr: &Acr) -> Result<(), FaultKind> {
    match acrs.find(acr) {
        Some(_) => Ok(()),
        None => Err(FaultKind::NotAllowed { why: format!("no authenticate binding reaches the ACR `{acr}`") }),
    }
}
