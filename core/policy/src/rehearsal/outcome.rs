//! What a test sees of what happened, as JSON with the names that scripts use.

use gatewright_domain::flow::{HookFault, Wait};
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ClaimsDecision, ConsentDecision, CustomizeTokenDecision,
    HookDecision, SelectAcrDecision, TokenChanges,
};
use gatewright_domain::page::{Form, Page};
use serde_json::{Map, Value, json};

/// What the hook did.
pub(super) enum Outcome {
    Decided(HookDecision),
    Waits(Wait),
    Failed(HookFault),
    /// The binding does not run for this input.
    NotAsked,
}

impl Outcome {
    pub(super) fn shown(&self) -> Value {
        match self {
            Self::Decided(decision) => decision_shown(decision),
            Self::Waits(Wait::Visit(visit)) => json!({ "visit": visit.url }),
            Self::Waits(Wait::Page(Page::Form(form))) => form_shown(form),
            Self::Waits(Wait::Page(Page::Consent(question))) => {
                let scope: Vec<_> = question.scope.iter().collect();
                json!({ "page": "consent", "scope": scope })
            }
            Self::Failed(fault) => json!({ "fault": fault.to_string() }),
            Self::NotAsked => json!({ "asked": false }),
        }
    }
}

/// A form, its fields and actions by name.
fn form_shown(form: &Form) -> Value {
    let mut shown = json!({
        "page": "form",
        "title": form.title,
        "text": form.text,
        "notice": form.notice,
        "wait": form.wait_s,
    });
    let fields: Map<_, _> = form.fields.iter().map(|field| (field.name.clone(), json!(field))).collect();
    let actions: Map<_, _> = form.actions.iter().map(|action| (action.name.clone(), json!(action))).collect();
    shown["fields"] = Value::Object(fields);
    shown["actions"] = Value::Object(actions);
    shown
}

/// A decision in the form that tests, and the published schema, have.
pub fn decision_shown(decision: &HookDecision) -> Value {
    match decision {
        HookDecision::SelectAcr(decision) => match decision {
            SelectAcrDecision::Use(acrs) => json!({ "decision": "use_acr", "acr": acrs }),
            SelectAcrDecision::Enrol(acrs) => json!({ "decision": "enrol_acr", "acr": acrs }),
            SelectAcrDecision::Pass => json!({ "decision": "pass" }),
            SelectAcrDecision::Deny { reason } => denied(reason),
        },
        HookDecision::Authenticate(decision) => match decision {
            AuthenticateDecision::Authenticated { subject, amr } => {
                json!({ "decision": "authenticated", "subject": subject, "amr": amr })
            }
            AuthenticateDecision::Fail { reason } => json!({ "decision": "fail", "reason": reason }),
            AuthenticateDecision::Delegate { acr } => json!({ "decision": "delegate", "acr": acr }),
        },
        HookDecision::AfterAuthentication(decision) => match decision {
            AfterAuthenticationDecision::Proceed => json!({ "decision": "proceed" }),
            AfterAuthenticationDecision::AskConsent => json!({ "decision": "ask_consent" }),
            AfterAuthenticationDecision::StepUp { acr } => json!({ "decision": "step_up", "acr": acr }),
            AfterAuthenticationDecision::Deny { reason } => denied(reason),
        },
        HookDecision::Consent(decision) => match decision {
            ConsentDecision::Grant { scope, remember } => {
                let scope: Vec<_> = scope.iter().collect();
                json!({ "decision": "grant", "scope": scope, "remember": remember })
            }
            ConsentDecision::Deny { reason } => denied(reason),
            ConsentDecision::BuiltIn => json!({ "decision": "built_in" }),
        },
        HookDecision::Claims(ClaimsDecision { claims }) => json!({ "decision": "claims", "claims": claims }),
        HookDecision::CustomizeToken(decision) => match decision {
            CustomizeTokenDecision::Change(changes) => changes_shown(changes),
            CustomizeTokenDecision::Deny { reason } => denied(reason),
        },
    }
}

fn denied(reason: &str) -> Value {
    json!({ "decision": "deny", "reason": reason })
}

fn changes_shown(changes: &TokenChanges) -> Value {
    let scope: Option<Vec<_>> = changes.scope.as_ref().map(|scope| scope.iter().collect());
    json!({
        "decision": "keep",
        "claims": changes.claims,
        "lifetime": changes.lifetime_s,
        "audience": changes.audience,
        "scope": scope,
    })
}
