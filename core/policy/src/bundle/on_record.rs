//! A bundle asked on a record: the same question that another was asked, its host calls answered by what the other was
//! answered. Nothing is performed and nothing is logged.

use super::CompiledBundle;
use super::decision::Decision;
use super::question::Question;
use gatewright_domain::flow::{FlowEnd, HookFault, Record};
use gatewright_domain::hooks::HookInput;
use gatewright_domain::trace::{Answer, Asked};
use std::sync::Arc;

impl CompiledBundle {
    /// Asks what another bundle was asked. An interactive hook begins anew and goes on over every page that the record
    /// has an answer to. The question has no runs where no binding of this bundle answers it.
    pub async fn ask_on_record(&self, input: HookInput, record: Record) -> Asked {
        let question = Question::on_record(&self.tools, Arc::new(record));
        let mut flow = question.flow();
        let answer = match input.clone() {
            HookInput::SelectAcr(input) => decided(&self.ask_select_acr(input, &question).await),
            HookInput::Authenticate(input) => flowed(&self.ask_authenticate(input, &mut flow, &question).await),
            HookInput::AfterAuthentication(input) => decided(&self.ask_after_authentication(input, &question).await),
            HookInput::Consent(input) => flowed(&self.ask_consent(input, &mut flow, &question).await),
            HookInput::Claims(input) => decided(&self.ask_claims(input, &question).await),
            HookInput::CustomizeToken(input) => decided(&self.ask_customize_token(input, &question).await),
        };
        let at_ms = self.tools.clock.now_ms();
        question.asked(&self.digest, answer.clone()).unwrap_or_else(|| {
            let bundle = self.digest.clone();
            Asked { bundle, input, at_ms, answer, runs: Vec::new() }
        })
    }
}

/// What came of a question that waits for nothing.
pub(crate) fn decided<D: Decision>(ended: &Result<D, HookFault>) -> Answer {
    match ended {
        Ok(decision) => Answer::Decided(decision.to_any()),
        Err(fault) => Answer::Fault(fault.clone()),
    }
}

/// What came of a flow's question.
pub(crate) fn flowed<D: Decision>(ended: &Result<FlowEnd<D>, HookFault>) -> Answer {
    match ended {
        Ok(FlowEnd::Decided(decision)) => Answer::Decided(decision.to_any()),
        Ok(FlowEnd::Waiting(wait)) => Answer::Waiting(wait.clone()),
        Err(fault) => Answer::Fault(fault.clone()),
    }
}
