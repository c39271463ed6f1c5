//! The policy, as the engine asks it: every decision of the walk, combined over all bindings.

use super::{
    AfterAuthenticationDecision, AfterAuthenticationInput, AuthenticateDecision, AuthenticateInput, ClaimsDecision,
    ClaimsInput, ConsentDecision, ConsentInput, CustomizeTokenDecision, CustomizeTokenInput, HookKind,
    SelectAcrDecision, SelectAcrInput,
};
use crate::factor::{EMAIL, RECOVERY};
use crate::fault::Fault;
use crate::flow::{Flow, FlowEnd, HookFault};
use crate::identifiers::{BundleDigest, FactorKind};
use crate::trace::Scene;
use crate::trial::Newcomer;
use async_trait::async_trait;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use std::sync::Arc;

/// One bundle, compiled.
#[async_trait]
pub trait Policy: Send + Sync {
    /// Its digest.
    fn digest(&self) -> &BundleDigest;

    /// The ACRs it can reach.
    fn acrs(&self) -> &Acrs;

    /// Scope values its `claims` bindings serve.
    fn served_scopes(&self) -> &[String];

    /// Claims its `claims` bindings serve.
    fn served_claims(&self) -> &[String];

    /// Whether any binding answers `hook`. Where none does, asking changes nothing, and its input need not be
    /// built.
    fn asks(&self, _hook: HookKind) -> bool {
        true
    }

    /// The same policy, every question to which is told to the scene's observer beside those it has.
    fn observed(self: Arc<Self>, scene: Scene) -> Arc<dyn Policy>;

    /// Asks every matching binding in order until one does not pass.
    ///
    /// # Errors
    /// A fault that its binding says must deny.
    async fn select_acr(&self, input: SelectAcrInput) -> Result<SelectAcrDecision, HookFault>;

    /// Runs the binding of `acr` (taken from the input).
    ///
    /// # Errors
    /// A fault that its binding says must deny.
    async fn authenticate(
        &self,
        input: AuthenticateInput,
        flow: &mut Flow,
    ) -> Result<FlowEnd<AuthenticateDecision>, HookFault>;

    /// Asks every matching binding; the strictest decision wins.
    ///
    /// # Errors
    /// A fault that its binding says must deny.
    async fn after_authentication(
        &self,
        input: AfterAuthenticationInput,
    ) -> Result<AfterAuthenticationDecision, HookFault>;

    /// Asks the first matching binding; [`ConsentDecision::BuiltIn`] where there is none.
    ///
    /// # Errors
    /// A fault that its binding says must deny.
    async fn consent(&self, input: ConsentInput, flow: &mut Flow) -> Result<FlowEnd<ConsentDecision>, HookFault>;

    /// Asks every binding that serves a granted scope or a requested claim; merged in order.
    ///
    /// # Errors
    /// A fault; nothing is issued.
    async fn claims(&self, input: ClaimsInput) -> Result<ClaimsDecision, HookFault>;

    /// Passes the token through every matching binding. The changes are those of all of them together.
    ///
    /// # Errors
    /// A fault; nothing is issued.
    async fn customize_token(&self, input: CustomizeTokenInput) -> Result<CustomizeTokenDecision, HookFault>;
}

/// An ACR and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The ACR.
    pub acr: Acr,
    /// Higher is stronger.
    pub level: i32,
    /// What goes into `amr` when the hook names nothing.
    pub amr: Vec<Amr>,
    /// The kind of factor that it asks for; none where it asks for none that is enrolled.
    pub factor: Option<FactorKind>,
    /// Whether an end-user without such a factor enrols one on the way, unless `select_acr` says otherwise.
    pub enrols: bool,
}

impl Method {
    /// The kind of factor that it enrols for an end-user who comes to enrol one, whether or not it does so on the way. Of
    /// the server's own kinds nobody enrols an address that is mailed to, and recovery codes are made on the account page.
    pub fn enrollable(&self) -> Option<&FactorKind> {
        self.factor.as_ref().filter(|kind| !matches!(kind.as_str(), EMAIL | RECOVERY))
    }
}

/// The ACRs of a bundle, weakest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acrs {
    methods: Vec<Method>,
    default: Acr,
}

impl Acrs {
    /// The table; none when `default` is not among `methods` or two have the same ACR.
    pub fn new(mut methods: Vec<Method>, default: Acr) -> Option<Self> {
        methods.sort_by_key(|method| method.level);
        let twice =
            methods.iter().enumerate().any(|(n, method)| methods[..n].iter().any(|earlier| earlier.acr == method.acr));
        let known = methods.iter().any(|method| method.acr == default);
        (known && !twice).then_some(Self { methods, default })
    }

    /// How `acr` is reached.
    pub fn find(&self, acr: &Acr) -> Option<&Method> {
        self.methods.iter().find(|method| &method.acr == acr)
    }

    /// What is used when nothing else is asked for.
    pub fn default_acr(&self) -> &Acr {
        &self.default
    }

    /// All of them, weakest first.
    pub fn iter(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter()
    }
}

/// The policies there are: the live one, and those that interactions in flight began with.
#[async_trait]
pub trait Policies: Send + Sync {
    /// The policy a new request begins with.
    fn live(&self) -> Arc<dyn Policy>;

    /// The policy that an interaction begins with; the live one, unless another is given to such newcomers.
    async fn begins(&self, _newcomer: &Newcomer<'_>) -> Arc<dyn Policy> {
        self.live()
    }

    /// The policy of that digest.
    ///
    /// # Errors
    /// A fault when it is nowhere to be had or no longer compiles.
    async fn pinned(&self, digest: &BundleDigest) -> Result<Arc<dyn Policy>, Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_to_enrol_a_factor_is_offered_each_but_addresses_and_recovery_codes() {
        let method = |factor: Option<&str>, enrols| Method {
            acr: Acr::try_from("otp").unwrap(),
            level: 20,
            amr: Vec::new(),
            factor: factor.map(|kind| FactorKind::parse(kind).unwrap()),
            enrols,
        };
        for (factor, offered) in [
            (None, false),
            (Some("totp"), true),
            (Some("badge"), true),
            (Some("email"), false),
            (Some("recovery"), false),
        ] {
            for enrols in [true, false] {
                assert_eq!(method(factor, enrols).enrollable().is_some(), offered, "{factor:?}");
            }
        }
    }
}
