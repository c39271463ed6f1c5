//! `after_authentication`: every matching binding; the strictest decision wins.

use super::bound::Bound;
use super::question::Question;
use super::select_acr::known;
use super::{CompiledBundle, facts_of};
use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{AfterAuthenticationDecision, AfterAuthenticationInput, HookInput, HookKind};

impl CompiledBundle {
    pub(super) async fn ask_after_authentication(
        &self,
        input: AfterAuthenticationInput,
        question: &Question<'_>,
    ) -> Result<AfterAuthenticationDecision, HookFault> {
        let matching = self.matching(HookKind::AfterAuthentication, &facts_of(&input.login));
        let mut strictest = AfterAuthenticationDecision::Proceed;
        if matching.is_empty() {
            return Ok(strictest);
        }
        let admit = |_: &Bound, decision| match &decision {
            AfterAuthenticationDecision::StepUp { acr } => known(&self.acrs, acr).map(|()| decision),
            _ => Ok(decision),
        };
        let reached = input.login.session.as_ref().map(|session| session.level);
        let input = question.of(HookInput::AfterAuthentication(input));
        for bound in matching {
            let Some(decision) = bound.decide(input, question, &admit).await? else { continue };
            if matches!(decision, AfterAuthenticationDecision::Deny { .. }) {
                return Ok(decision);
            }
            if self.strictness(&decision, reached) > self.strictness(&strictest, reached) {
                strictest = decision;
            }
        }
        Ok(strictest)
    }

    /// Deny, then the highest step-up, then consent, then nothing. Of two step-ups to one level the first wins. One that
    /// the session has `reached` asks for nothing, and must not hide that consent is asked for.
    fn strictness(&self, decision: &AfterAuthenticationDecision, reached: Option<i32>) -> (u8, i32) {
        match decision {
            AfterAuthenticationDecision::Proceed => (0, 0),
            AfterAuthenticationDecision::AskConsent => (1, 0),
            AfterAuthenticationDecision::StepUp { acr } => match self.acrs.find(acr) {
                Some(method) if reached.is_none_or(|reached| reached < method.level) => (2, method.level),
                _ => (0, 0),
            },
            AfterAuthenticationDecision::Deny { .. } => (3, 0),
        }
    }
}
