//! `consent`: the first binding that matches; the built-in page where there is none.

use super::bound::Bound;
use super::converse::converse;
use super::question::Question;
use super::{CompiledBundle, facts_of};
use gatewright_domain::flow::{FaultKind, Flow, FlowEnd, HookFault};
use gatewright_domain::hooks::{ConsentDecision, ConsentInput, HookInput, HookKind};
use gatewright_domain::identifiers::BindingName;
use std::sync::Arc;

impl CompiledBundle {
    pub(super) async fn ask_consent(
        &self,
        input: ConsentInput,
        flow: &mut Flow,
        question: &Question<'_>,
    ) -> Result<FlowEnd<ConsentDecision>, HookFault> {
        let bound = match flow.journal.owner() {
            Some(owner) => self.begun_by(owner)?,
            None => {
                let facts = facts_of(&input.login);
                match self.row(HookKind::Consent).iter().find(|bound| bound.when.admits(&facts)) {
                    Some(bound) => bound,
                    None => return Ok(FlowEnd::Decided(ConsentDecision::BuiltIn)),
                }
            }
        };
        let asked = input.login.scope.clone();
        let admit = |_: &Bound, decision| admit(&asked, decision);
        let input = question.of(HookInput::Consent(input));
        let ended = converse(bound, input, flow, question, &admit).await?;
        Ok(ended.unwrap_or(FlowEnd::Decided(ConsentDecision::BuiltIn)))
    }

    /// The binding whose flow this is, itself or through a stand-in.
    fn begun_by(&self, owner: &BindingName) -> Result<&Arc<Bound>, HookFault> {
        let row = self.row(HookKind::Consent).iter();
        let begun = |bound: &&Arc<Bound>| bound.chain().any(|link| link.name == *owner);
        row.clone().find(begun).ok_or_else(|| {
            let what = "go on with a flow that no binding of this bundle began".to_owned();
            HookFault::new(owner.clone(), FaultKind::Unavailable { what })
        })
    }
}

fn admit(asked: &[String], decision: ConsentDecision) -> Result<ConsentDecision, FaultKind> {
    let ConsentDecision::Grant { scope, .. } = &decision else { return Ok(decision) };
    if let Some(more) = scope.iter().find(|value| !asked.iter().any(|asked| asked == value.as_str())) {
        return Err(FaultKind::NotAllowed { why: format!("it grants `{more}`, which was not asked for") });
    }
    if scope.is_empty() && !asked.is_empty() {
        return Err(FaultKind::NotAllowed { why: "it grants nothing; use deny(…) to refuse".into() });
    }
    Ok(decision)
}
