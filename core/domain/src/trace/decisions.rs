//! A decision, written down as a script would say it.

use crate::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ConsentDecision, CustomizeTokenDecision, HookDecision,
    SelectAcrDecision, TokenChanges,
};
use gatewright_protocol::acr::Acr;
use serde_json::{Value, json};

/// A decision as JSON.
pub(super) fn decision_record(decision: &HookDecision) -> Value {
    match decision {
        HookDecision::SelectAcr(decision) => select_acr(decision),
        HookDecision::Authenticate(decision) => match decision {
            AuthenticateDecision::Authenticated { subject, amr } => {
                let amr: Vec<&str> = amr.iter().map(|amr| amr.as_str()).collect();
                json!({ "authenticated": { "subject": subject, "amr": amr } })
            }
            AuthenticateDecision::Fail { reason } => json!({ "fail": reason }),
            AuthenticateDecision::Delegate { acr } => json!({ "delegate": acr.as_str() }),
        },
        HookDecision::AfterAuthentication(decision) => match decision {
            AfterAuthenticationDecision::Proceed => json!("proceed"),
            AfterAuthenticationDecision::AskConsent => json!("ask_consent"),
            AfterAuthenticationDecision::StepUp { acr } => json!({ "step_up": acr.as_str() }),
            AfterAuthenticationDecision::Deny { reason } => json!({ "deny": reason }),
        },
        HookDecision::Consent(decision) => match decision {
            ConsentDecision::Grant { scope, remember } => json!({ "grant": { "scope": scope, "remember": remember } }),
            ConsentDecision::Deny { reason } => json!({ "deny": reason }),
            ConsentDecision::BuiltIn => json!("built_in"),
        },
        HookDecision::Claims(decision) => json!({ "claims": decision.claims }),
        HookDecision::CustomizeToken(CustomizeTokenDecision::Deny { reason }) => json!({ "deny": reason }),
        HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)) => change(changes),
    }
}

fn select_acr(decision: &SelectAcrDecision) -> Value {
    let names = |acrs: &[Acr]| acrs.iter().map(|acr| acr.as_str().to_owned()).collect::<Vec<_>>();
    match decision {
        SelectAcrDecision::Use(acrs) => json!({ "use": names(acrs) }),
        SelectAcrDecision::Enrol(acrs) => json!({ "enrol": names(acrs) }),
        SelectAcrDecision::Pass => json!("pass"),
        SelectAcrDecision::Deny { reason } => json!({ "deny": reason }),
    }
}

fn change(changes: &TokenChanges) -> Value {
    let TokenChanges { claims, lifetime_s, audience, scope } = changes;
    let mut told = serde_json::Map::new();
    if !claims.is_empty() {
        told.insert("claims".to_owned(), json!(claims));
    }
    if let Some(lifetime_s) = lifetime_s {
        told.insert("lifetime_s".to_owned(), json!(lifetime_s));
    }
    if let Some(audience) = audience {
        told.insert("audience".to_owned(), json!(audience));
    }
    if let Some(scope) = scope {
        told.insert("scope".to_owned(), json!(scope));
    }
    if told.is_empty() { json!("keep") } else { json!({ "keep": told }) }
}
