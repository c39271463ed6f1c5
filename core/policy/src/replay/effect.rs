//! What a difference between two decisions does to a login: a pure rule.

use crate::trial::Difference;
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ConsentDecision, CustomizeTokenDecision, HookDecision,
    SelectAcrDecision,
};
use gatewright_domain::trace::Answer;
use gatewright_domain::trial::Finding;

/// What a candidate would have made of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It would have been refused.
    Refused,
    /// What was refused would have gone on.
    LetIn,
    /// More would have been asked of the end-user.
    SteppedUp,
    /// Another ACR would have been asked for.
    OtherAcr,
    /// Another page or visit would have been shown.
    OtherPage,
    /// The candidate fails.
    Faulted,
    /// What failed would not have.
    Mended,
    /// It would have been decided otherwise.
    Otherwise,
    /// The client would have got other claims.
    Claims,
    /// A token would have been another.
    Token,
    /// The candidate makes a host call that is not in the record.
    Unknown,
}

impl Effect {
    /// All of them, in the order they are told.
    pub const ALL: [Self; 11] = [
        Self::Refused,
        Self::LetIn,
        Self::SteppedUp,
        Self::OtherAcr,
        Self::OtherPage,
        Self::Faulted,
        Self::Mended,
        Self::Otherwise,
        Self::Claims,
        Self::Token,
        Self::Unknown,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::LetIn => "let_in",
            Self::SteppedUp => "stepped_up",
            Self::OtherAcr => "other_acr",
            Self::OtherPage => "other_page",
            Self::Faulted => "faulted",
            Self::Mended => "mended",
            Self::Otherwise => "otherwise",
            Self::Claims => "claims",
            Self::Token => "token",
            Self::Unknown => "unknown",
        }
    }

    /// In words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Refused => "would have been refused",
            Self::LetIn => "were refused and would have gone on",
            Self::SteppedUp => "would have been stepped up",
            Self::OtherAcr => "would have been asked for another ACR",
            Self::OtherPage => "would have been shown another page",
            Self::Faulted => "would have failed",
            Self::Mended => "failed and would not have",
            Self::Otherwise => "would have been decided otherwise",
            Self::Claims => "would have been given other claims",
            Self::Token => "would have got another token",
            Self::Unknown => "cannot be told: a host call is not in the record",
        }
    }

    /// Whether the login takes another way from there, so that its later questions would have been others.
    pub const fn diverts(self) -> bool {
        !matches!(self, Self::Claims | Self::Token)
    }
}

/// The effect of a difference.
pub(super) fn effect(was: &Answer, would_be: &Answer, difference: &Difference) -> Effect {
    match (was, would_be) {
        _ if difference.finding == Finding::Unrecorded => Effect::Unknown,
        (_, Answer::Fault(_)) => Effect::Faulted,
        (Answer::Fault(_), _) => Effect::Mended,
        (_, Answer::Waiting(_)) | (Answer::Waiting(_), _) => Effect::OtherPage,
        (Answer::Decided(was), Answer::Decided(would_be)) => decided(was, would_be, difference.finding),
    }
}

fn decided(was: &HookDecision, would_be: &HookDecision, finding: Finding) -> Effect {
    match (refuses(was), refuses(would_be)) {
        (false, true) => return Effect::Refused,
        (true, false) => return Effect::LetIn,
        (true, true) => return Effect::Otherwise,
        (false, false) => {}
    }
    match would_be {
        HookDecision::AfterAuthentication(AfterAuthenticationDecision::StepUp { .. }) => Effect::SteppedUp,
        HookDecision::AfterAuthentication(AfterAuthenticationDecision::AskConsent)
        | HookDecision::Consent(ConsentDecision::BuiltIn) => Effect::OtherPage,
        HookDecision::Authenticate(AuthenticateDecision::Delegate { .. }) => Effect::OtherAcr,
        _ => match finding {
            Finding::Acr => Effect::OtherAcr,
            Finding::Claims => Effect::Claims,
            Finding::Token => Effect::Token,
            _ => Effect::Otherwise,
        },
    }
}

fn refuses(decision: &HookDecision) -> bool {
    match decision {
        HookDecision::SelectAcr(decision) => matches!(decision, SelectAcrDecision::Deny { .. }),
        HookDecision::Authenticate(decision) => matches!(decision, AuthenticateDecision::Fail { .. }),
        HookDecision::AfterAuthentication(decision) => matches!(decision, AfterAuthenticationDecision::Deny { .. }),
        HookDecision::Consent(decision) => matches!(decision, ConsentDecision::Deny { .. }),
        HookDecision::CustomizeToken(decision) => matches!(decision, CustomizeTokenDecision::Deny { .. }),
        HookDecision::Claims(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::flow::{FaultKind, HookFault};
    use gatewright_domain::hooks::{ClaimsDecision, TokenChanges};
    use gatewright_domain::identifiers::BindingName;
    use gatewright_protocol::acr::Acr;

    fn after(decision: AfterAuthenticationDecision) -> Answer {
        Answer::Decided(HookDecision::AfterAuthentication(decision))
    }

    fn acr(acr: &str) -> Acr {
        Acr::try_from(acr).unwrap()
    }

    fn fault() -> Answer {
        Answer::Fault(HookFault::new(BindingName::parse("a/b").unwrap(), FaultKind::SecretGone))
    }

    #[test]
    fn the_effect_of_a_difference_is_told_by_what_was_and_what_would_be() {
        use AfterAuthenticationDecision::{AskConsent, Proceed, StepUp};
        let deny = || after(AfterAuthenticationDecision::Deny { reason: "no".into() });
        let other = AfterAuthenticationDecision::Deny { reason: "never".into() };
        let claims = || Answer::Decided(HookDecision::Claims(ClaimsDecision::default()));
        let change = CustomizeTokenDecision::Change(TokenChanges::default());
        let token = Answer::Decided(HookDecision::CustomizeToken(change));
        let pass = || Answer::Decided(HookDecision::SelectAcr(SelectAcrDecision::Pass));
        let used = Answer::Decided(HookDecision::SelectAcr(SelectAcrDecision::Use(vec![acr("otp")])));
        let table = [
            (after(Proceed), deny(), Finding::Decision, Effect::Refused),
            (deny(), after(Proceed), Finding::Decision, Effect::LetIn),
            (deny(), after(other), Finding::Decision, Effect::Otherwise),
            (after(Proceed), after(StepUp { acr: acr("otp") }), Finding::Decision, Effect::SteppedUp),
            (after(StepUp { acr: acr("otp") }), after(Proceed), Finding::Decision, Effect::Otherwise),
            (after(Proceed), after(AskConsent), Finding::Decision, Effect::OtherPage),
            (pass(), used, Finding::Acr, Effect::OtherAcr),
            (after(Proceed), fault(), Finding::Fault, Effect::Faulted),
            (fault(), after(Proceed), Finding::Fault, Effect::Mended),
            (after(Proceed), fault(), Finding::Unrecorded, Effect::Unknown),
            (claims(), claims(), Finding::Claims, Effect::Claims),
            (token.clone(), token, Finding::Token, Effect::Token),
        ];
        for (was, would_be, finding, expected) in table {
            let difference = Difference { finding, binding: String::new(), names: Vec::new() };
            assert_eq!(effect(&was, &would_be, &difference), expected, "{was:?} {would_be:?}");
        }
    }

    #[test]
    fn other_claims_and_tokens_alone_leave_a_login_on_its_way() {
        let straight: Vec<&str> = Effect::ALL.iter().filter(|one| !one.diverts()).map(|one| one.name()).collect();
        assert_eq!(straight, ["claims", "token"]);
    }
}
