//! Asking a policy a hook's question, whichever hook it is.

use gatewright_domain::flow::{Flow, FlowEnd, HookFault};
use gatewright_domain::hooks::{HookDecision, HookInput, Policy};

/// Asks; only interactive hooks use the flow.
pub(super) async fn ask(
    policy: &dyn Policy,
    input: HookInput,
    flow: &mut Flow,
) -> Result<FlowEnd<HookDecision>, HookFault> {
    let decision = match input {
        HookInput::SelectAcr(input) => HookDecision::SelectAcr(policy.select_acr(input).await?),
        HookInput::AfterAuthentication(input) => {
            HookDecision::AfterAuthentication(policy.after_authentication(input).await?)
        }
        HookInput::Claims(input) => HookDecision::Claims(policy.claims(input).await?),
        HookInput::CustomizeToken(input) => HookDecision::CustomizeToken(policy.customize_token(input).await?),
        HookInput::Authenticate(input) => match policy.authenticate(input, flow).await? {
            FlowEnd::Decided(decision) => HookDecision::Authenticate(decision),
            FlowEnd::Waiting(wait) => return Ok(FlowEnd::Waiting(wait)),
        },
        HookInput::Consent(input) => match policy.consent(input, flow).await? {
            FlowEnd::Decided(decision) => HookDecision::Consent(decision),
            FlowEnd::Waiting(wait) => return Ok(FlowEnd::Waiting(wait)),
        },
    };
    Ok(FlowEnd::Decided(decision))
}
