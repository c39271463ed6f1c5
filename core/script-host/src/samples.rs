//! The contracts' samples: what a script's input is known to have.

use gatewright_domain::hooks::{
    AfterAuthenticationInput, AuthenticateInput, ClaimsInput, ConsentInput, CustomizeTokenInput, HookInput, HookKind,
    SelectAcrInput,
};
use serde::Serialize;
use serde_json::Value;

/// The sample input of a hook.
pub fn input(hook: HookKind) -> HookInput {
    match hook {
        HookKind::SelectAcr => HookInput::SelectAcr(SelectAcrInput::sample()),
        HookKind::Authenticate => HookInput::Authenticate(AuthenticateInput::sample()),
        HookKind::AfterAuthentication => HookInput::AfterAuthentication(AfterAuthenticationInput::sample()),
        HookKind::Consent => HookInput::Consent(ConsentInput::sample()),
        HookKind::Claims => HookInput::Claims(ClaimsInput::sample()),
        HookKind::CustomizeToken => HookInput::CustomizeToken(CustomizeTokenInput::sample()),
    }
}

/// The sample input of a hook as JSON.
pub fn json(hook: HookKind) -> Value {
    match input(hook) {
        HookInput::SelectAcr(input) => written(&input),
        HookInput::Authenticate(input) => written(&input),
        HookInput::AfterAuthentication(input) => written(&input),
        HookInput::Consent(input) => written(&input),
        HookInput::Claims(input) => written(&input),
        HookInput::CustomizeToken(input) => written(&input),
    }
}

/// A sample that could not be written has no members, and a test compares it with what scripts are given.
fn written<T: Serialize>(input: &T) -> Value {
    serde_json::to_value(input).unwrap_or_default()
}
