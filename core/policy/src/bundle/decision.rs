//! The decision of one hook, out of the decision of any.

use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ClaimsDecision, ConsentDecision, CustomizeTokenDecision,
    HookDecision, HookKind, SelectAcrDecision,
};

/// A decision of one hook.
pub(crate) trait Decision: Sized + Send + Sync {
    /// The decision, if it is of this hook; else the hook it is of.
    fn of(decision: HookDecision) -> Result<Self, HookKind>;

    /// The same decision, as one of any hook.
    fn to_any(&self) -> HookDecision;
}

macro_rules! decisions {
    ($($decision:ident is $hook:ident),* $(,)?) => {
        $(impl Decision for $decision {
            fn of(decision: HookDecision) -> Result<Self, HookKind> {
                match decision {
                    HookDecision::$hook(decision) => Ok(decision),
                    other => Err(hook_of(&other)),
                }
            }

            fn to_any(&self) -> HookDecision {
                HookDecision::$hook(self.clone())
            }
        })*

        fn hook_of(decision: &HookDecision) -> HookKind {
            match decision {
                $(HookDecision::$hook(_) => HookKind::$hook,)*
            }
        }
    };
}

decisions! {
    SelectAcrDecision is SelectAcr,
    AuthenticateDecision is Authenticate,
    AfterAuthenticationDecision is AfterAuthentication,
    ConsentDecision is Consent,
    ClaimsDecision is Claims,
    CustomizeTokenDecision is CustomizeToken,
}
