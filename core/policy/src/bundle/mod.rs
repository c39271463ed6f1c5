//! A compiled bundle: how the decisions of its bindings become one, hook by hook, as the table of the contracts says.

mod after_authentication;
mod aggregated;
mod authenticate;
mod bound;
mod claims;
mod consent;
mod converse;
mod customize_token;
mod decision;
mod observed;
mod on_record;
mod question;
mod select_acr;

pub use claims::CLAIMS_BYTES_MAX;
pub use customize_token::{AUDIENCE_BYTES_MAX, AUDIENCES_MAX};

pub(crate) use bound::{Bound, OnFault};
pub(crate) use on_record::{decided, flowed};

use crate::manifest::Facts;
use async_trait::async_trait;
use gatewright_domain::flow::{Flow, FlowEnd, HookFault, Tools};
use gatewright_domain::hooks::{
    Acrs, AfterAuthenticationDecision, AfterAuthenticationInput, AuthenticateDecision, AuthenticateInput,
    ClaimsDecision, ClaimsInput, ConsentDecision, ConsentInput, CustomizeTokenDecision, CustomizeTokenInput, HookInput,
    HookKind, Login, Policy, SelectAcrDecision, SelectAcrInput,
};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trace::Scene;
use observed::Observed;
use question::Question;
use std::sync::Arc;

/// A bundle that compiled without a single diagnostic.
pub struct CompiledBundle {
    pub(crate) digest: BundleDigest,
    pub(crate) name: Option<String>,
    pub(crate) acrs: Acrs,
    pub(crate) served_scopes: Vec<String>,
    pub(crate) served_claims: Vec<String>,
    /// The bindings of each hook, in the order of the manifest; stand-ins hang on those they stand in for.
    pub(crate) rows: [Vec<Arc<Bound>>; HookKind::ALL.len()],
    pub(crate) tools: Tools,
}

impl CompiledBundle {
    /// What its author calls it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The names of the bindings of a hook, in the order they are asked; stand-ins are not among them.
    pub fn bindings(&self, hook: HookKind) -> impl Iterator<Item = &str> {
        self.row(hook).iter().map(|bound| bound.name.as_str())
    }

    pub(crate) fn row(&self, hook: HookKind) -> &[Arc<Bound>] {
        &self.rows[hook as usize]
    }

    /// Whether any binding runs for this call.
    pub(crate) fn is_asked(&self, input: &HookInput) -> bool {
        match input {
            HookInput::SelectAcr(input) => !self.matching(HookKind::SelectAcr, &select_acr::facts(input)).is_empty(),
            HookInput::Authenticate(_) => true,
            HookInput::AfterAuthentication(input) => {
                !self.matching(HookKind::AfterAuthentication, &facts_of(&input.login)).is_empty()
            }
            HookInput::Consent(input) => !self.matching(HookKind::Consent, &facts_of(&input.login)).is_empty(),
            HookInput::Claims(input) => !self.serving(input).is_empty(),
            HookInput::CustomizeToken(input) => {
                !self.matching(HookKind::CustomizeToken, &customize_token::facts(input)).is_empty()
            }
        }
    }

    /// The bindings of a hook that run for this call.
    fn matching(&self, hook: HookKind, facts: &Facts<'_>) -> Vec<&Arc<Bound>> {
        self.row(hook).iter().filter(|bound| bound.when.admits(facts)).collect()
    }
}

/// What selectors see of a request at `/authorize`: the ACR of its session, if it has one.
fn facts_of(login: &Login) -> Facts<'_> {
    Facts {
        client: &login.client,
        scope: &login.scope,
        acr: login.session.as_ref().map_or(&[], |session| std::slice::from_ref(&session.acr)),
        ip: Some(&login.origin.ip),
        grant_type: None,
        token: None,
    }
}

impl std::fmt::Debug for CompiledBundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompiledBundle").field("digest", &self.digest).finish_non_exhaustive()
    }
}

#[async_trait]
impl Policy for CompiledBundle {
    fn digest(&self) -> &BundleDigest {
        &self.digest
    }

    fn acrs(&self) -> &Acrs {
        &self.acrs
    }

    fn served_scopes(&self) -> &[String] {
        &self.served_scopes
    }

    fn served_claims(&self) -> &[String] {
        &self.served_claims
    }

    fn asks(&self, hook: HookKind) -> bool {
        !self.row(hook).is_empty()
    }

    fn observed(self: Arc<Self>, scene: Scene) -> Arc<dyn Policy> {
        Arc::new(Observed::new(self, vec![scene.observer]))
    }

    async fn select_acr(&self, input: SelectAcrInput) -> Result<SelectAcrDecision, HookFault> {
        self.ask_select_acr(input, &Question::unseen(&self.tools)).await
    }

    async fn authenticate(
        &self,
        input: AuthenticateInput,
        flow: &mut Flow,
    ) -> Result<FlowEnd<AuthenticateDecision>, HookFault> {
        self.ask_authenticate(input, flow, &Question::unseen(&self.tools)).await
    }

    async fn after_authentication(
        &self,
        input: AfterAuthenticationInput,
    ) -> Result<AfterAuthenticationDecision, HookFault> {
        self.ask_after_authentication(input, &Question::unseen(&self.tools)).await
    }

    async fn consent(&self, input: ConsentInput, flow: &mut Flow) -> Result<FlowEnd<ConsentDecision>, HookFault> {
        self.ask_consent(input, flow, &Question::unseen(&self.tools)).await
    }

    async fn claims(&self, input: ClaimsInput) -> Result<ClaimsDecision, HookFault> {
        self.ask_claims(input, &Question::unseen(&self.tools)).await
    }

    async fn customize_token(&self, input: CustomizeTokenInput) -> Result<CustomizeTokenDecision, HookFault> {
        self.ask_customize_token(input, &Question::unseen(&self.tools)).await
    }
}

#[cfg(test)]
mod tests;
