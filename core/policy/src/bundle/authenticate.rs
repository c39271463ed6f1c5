//! `authenticate`: the one binding that reaches the ACR.

use super::CompiledBundle;
use super::bound::Bound;
use super::converse::converse;
use super::question::Question;
use super::select_acr::known;
use crate::manifest::Terms;
use gatewright_domain::flow::{FaultKind, Flow, FlowEnd, HookFault};
use gatewright_domain::hooks::{AuthenticateDecision, AuthenticateInput, HookInput, HookKind};
use gatewright_domain::identifiers::BindingName;
use gatewright_protocol::acr::Acr;
use std::sync::Arc;

impl CompiledBundle {
    pub(super) async fn ask_authenticate(
        &self,
        input: AuthenticateInput,
        flow: &mut Flow,
        question: &Question<'_>,
    ) -> Result<FlowEnd<AuthenticateDecision>, HookFault> {
        let bound = self.reaching(&input.acr)?;
        let acr = input.acr.clone();
        let admit = |running: &Bound, decision| self.admit_authenticate(running, &acr, decision);
        let input = question.of(HookInput::Authenticate(input));
        let ended = converse(bound, input, flow, question, &admit).await?;
        // The manifest allows no `skip` here: without a decision nobody is signed in.
        ended.ok_or_else(|| bound.fault(FaultKind::Unavailable { what: "sign anyone in without a decision".into() }))
    }

    /// The binding that reaches an ACR.
    fn reaching(&self, wanted: &str) -> Result<&Arc<Bound>, HookFault> {
        let reaches = |bound: &&Arc<Bound>| match &bound.terms {
            Terms::Authenticate { reaches: Some((acr, _)), .. } => acr.value.as_str() == wanted,
            _ => false,
        };
        self.row(HookKind::Authenticate).iter().find(reaches).ok_or_else(|| {
            let why = format!("no authenticate binding reaches the ACR `{wanted}`");
            HookFault::new(nobody(), FaultKind::NotAllowed { why })
        })
    }

    fn admit_authenticate(
        &self,
        running: &Bound,
        acr: &str,
        decision: AuthenticateDecision,
    ) -> Result<AuthenticateDecision, FaultKind> {
        match decision {
            AuthenticateDecision::Authenticated { subject, amr } => {
                let declared = match &running.terms {
                    Terms::Authenticate { amr, .. } => amr.as_slice(),
                    _ => &[],
                };
                let amr = if amr.is_empty() { declared.to_vec() } else { amr };
                Ok(AuthenticateDecision::Authenticated { subject, amr })
            }
            AuthenticateDecision::Delegate { acr: other } => self.admit_delegate(acr, other),
            AuthenticateDecision::Fail { .. } => Ok(decision),
        }
    }

    fn admit_delegate(&self, acr: &str, other: Acr) -> Result<AuthenticateDecision, FaultKind> {
        if other.as_str() == acr {
            return Err(FaultKind::NotAllowed { why: format!("the ACR `{acr}` is delegated to itself") });
        }
        known(&self.acrs, &other)?;
        Ok(AuthenticateDecision::Delegate { acr: other })
    }
}

/// The name that stands for the hook itself where no binding can be named.
fn nobody() -> BindingName {
    BindingName::parse("authenticate").unwrap_or_else(|_| unreachable!("the word is an identifier"))
}
