//! A policy with one closure a hook.

use super::host::StubHost;
use crate::capabilities::{StubTools, everything};
use crate::samples;
use async_trait::async_trait;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::{Flow, FlowEnd, HookFault, Host, Tools};
use gatewright_domain::hooks::{
    Acrs, AfterAuthenticationDecision, AfterAuthenticationInput, AuthenticateDecision, AuthenticateInput,
    ClaimsDecision, ClaimsInput, ConsentDecision, ConsentInput, CustomizeTokenDecision, CustomizeTokenInput, Method,
    Policy, SelectAcrDecision, SelectAcrInput, TokenChanges,
};
use gatewright_domain::identifiers::{BindingName, BundleDigest};
use gatewright_domain::trace::Scene;
use std::sync::Arc;

/// How a stubbed interactive hook ended.
pub type Ended<D> = Result<FlowEnd<D>, HookFault>;

type Answer<I, D> = Box<dyn Fn(&I) -> Result<D, HookFault> + Send + Sync>;
type Walk<I, D> = Box<dyn Fn(&I, &mut StubHost<'_>) -> Ended<D> + Send + Sync>;

/// A policy whose answers a test sets. As built it reaches `pwd` (level 10, the default) and `otp` (level
/// 20), lets everyone in as [`samples::SUBJECT`] without a page, leaves consent to the built-in page and
/// changes no token.
pub struct FixedPolicy {
    digest: BundleDigest,
    acrs: Acrs,
    scopes: Vec<String>,
    claims: Vec<String>,
    binding: BindingName,
    loan: Loan,
    tools: Tools,
    select_acr: Answer<SelectAcrInput, SelectAcrDecision>,
    authenticate: Walk<AuthenticateInput, AuthenticateDecision>,
    after_authentication: Answer<AfterAuthenticationInput, AfterAuthenticationDecision>,
    consent: Walk<ConsentInput, ConsentDecision>,
    add_claims: Answer<ClaimsInput, ClaimsDecision>,
    customize_token: Answer<CustomizeTokenInput, CustomizeTokenDecision>,
}

impl FixedPolicy {
    /// The policy described above.
    pub fn new() -> Self {
        Self {
            digest: samples::bundle(),
            acrs: acrs(&[("pwd", 10), ("otp", 20)]),
            scopes: vec![],
            claims: vec![],
            binding: samples::word("stub"),
            loan: everything(),
            tools: StubTools::new().tools,
            select_acr: Box::new(|_| Ok(SelectAcrDecision::Pass)),
            authenticate: Box::new(|_, _| {
                let subject = samples::word(samples::SUBJECT);
                Ok(FlowEnd::Decided(AuthenticateDecision::Authenticated { subject, amr: vec![] }))
            }),
            after_authentication: Box::new(|_| Ok(AfterAuthenticationDecision::Proceed)),
            consent: Box::new(|_, _| Ok(FlowEnd::Decided(ConsentDecision::BuiltIn))),
            add_claims: Box::new(|_| Ok(ClaimsDecision::default())),
            customize_token: Box::new(|_| Ok(CustomizeTokenDecision::Change(TokenChanges::default()))),
        }
    }

    /// Under another digest.
    #[must_use]
    pub fn with_digest(self, digest: &str) -> Self {
        Self { digest: samples::word(digest), ..self }
    }

    /// With these ACRs and levels; the first is the default, the `amr` of each is its own name.
    #[must_use]
    pub fn with_acrs(self, levels: &[(&str, i32)]) -> Self {
        Self { acrs: acrs(levels), ..self }
    }

    /// The method of `acr` asks for factors of `kind`.
    pub fn asking_factor(self, acr: &str, kind: &str) -> Self {
        let asks = |method: &Method| Method {
            factor: if method.acr.as_str() == acr { Some(samples::word(kind)) } else { method.factor.clone() },
            ..method.clone()
        };
        let methods = self.acrs.iter().map(asks).collect();
        let acrs = Acrs::new(methods, self.acrs.default_acr().clone());
        Self { acrs: acrs.unwrap_or_else(|| panic!("there is no method of {acr}")), ..self }
    }

    /// With these scope values and claims served.
    #[must_use]
    pub fn serving(self, scopes: &[&str], claims: &[&str]) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self { scopes: owned(scopes), claims: owned(claims), ..self }
    }

    /// With these capabilities, all of them lent.
    #[must_use]
    pub fn with_tools(self, tools: Tools) -> Self {
        Self { tools, ..self }
    }

    /// Answers `select_acr`.
    #[must_use]
    pub fn on_select_acr<F>(self, answer: F) -> Self
    where
        F: Fn(&SelectAcrInput) -> Result<SelectAcrDecision, HookFault> + Send + Sync + 'static,
    {
        Self { select_acr: Box::new(answer), ..self }
    }

    /// Walks `authenticate`. The closure runs from its start after each answered page, as a script does.
    #[must_use]
    pub fn on_authenticate<F>(self, walk: F) -> Self
    where
        F: Fn(&AuthenticateInput, &mut StubHost<'_>) -> Ended<AuthenticateDecision> + Send + Sync + 'static,
    {
        Self { authenticate: Box::new(walk), ..self }
    }

    /// Answers `after_authentication`.
    #[must_use]
    pub fn on_after_authentication<F>(self, answer: F) -> Self
    where
        F: Fn(&AfterAuthenticationInput) -> Result<AfterAuthenticationDecision, HookFault> + Send + Sync + 'static,
    {
        Self { after_authentication: Box::new(answer), ..self }
    }

    /// Walks `consent`.
    #[must_use]
    pub fn on_consent<F>(self, walk: F) -> Self
    where
        F: Fn(&ConsentInput, &mut StubHost<'_>) -> Ended<ConsentDecision> + Send + Sync + 'static,
    {
        Self { consent: Box::new(walk), ..self }
    }

    /// Answers `claims`.
    #[must_use]
    pub fn on_claims<F>(self, answer: F) -> Self
    where
        F: Fn(&ClaimsInput) -> Result<ClaimsDecision, HookFault> + Send + Sync + 'static,
    {
        Self { add_claims: Box::new(answer), ..self }
    }

    /// Answers `customize_token`.
    #[must_use]
    pub fn on_customize_token<F>(self, answer: F) -> Self
    where
        F: Fn(&CustomizeTokenInput) -> Result<CustomizeTokenDecision, HookFault> + Send + Sync + 'static,
    {
        Self { customize_token: Box::new(answer), ..self }
    }

    fn host<'f>(&'f self, flow: &'f mut Flow) -> StubHost<'f> {
        StubHost::new(Host::new(&self.binding, &self.loan, &self.tools, flow, true))
    }
}

impl Default for FixedPolicy {
    fn default() -> Self {
        Self::new()
    }
}

fn acrs(levels: &[(&str, i32)]) -> Acrs {
    let methods = levels.iter().map(|(acr, level)| Method {
        acr: samples::word(acr),
        level: *level,
        amr: vec![samples::word(acr)],
        factor: None,
        enrols: false,
    });
    let default = levels.first().map_or("", |(acr, _)| acr);
    Acrs::new(methods.collect(), samples::word(default)).unwrap_or_else(|| panic!("{levels:?} names an acr twice"))
}

#[async_trait]
impl Policy for FixedPolicy {
    fn digest(&self) -> &BundleDigest {
        &self.digest
    }

    fn acrs(&self) -> &Acrs {
        &self.acrs
    }

    fn served_scopes(&self) -> &[String] {
        &self.scopes
    }

    fn served_claims(&self) -> &[String] {
        &self.claims
    }

    /// What it is asked is told to nobody: it runs no binding.
    fn observed(self: Arc<Self>, _scene: Scene) -> Arc<dyn Policy> {
        self
    }

    async fn select_acr(&self, input: SelectAcrInput) -> Result<SelectAcrDecision, HookFault> {
        (self.select_acr)(&input)
    }

    async fn authenticate(&self, input: AuthenticateInput, flow: &mut Flow) -> Ended<AuthenticateDecision> {
        (self.authenticate)(&input, &mut self.host(flow))
    }

    async fn after_authentication(
        &self,
        input: AfterAuthenticationInput,
    ) -> Result<AfterAuthenticationDecision, HookFault> {
        (self.after_authentication)(&input)
    }

    async fn consent(&self, input: ConsentInput, flow: &mut Flow) -> Ended<ConsentDecision> {
        (self.consent)(&input, &mut self.host(flow))
    }

    async fn claims(&self, input: ClaimsInput) -> Result<ClaimsDecision, HookFault> {
        (self.add_claims)(&input)
    }

    async fn customize_token(&self, input: CustomizeTokenInput) -> Result<CustomizeTokenDecision, HookFault> {
        (self.customize_token)(&input)
    }
}
