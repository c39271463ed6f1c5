//! A bundle with onlookers: every question to it is told, with each run that it took.

use super::CompiledBundle;
use super::on_record::{decided, flowed};
use super::question::Question;
use async_trait::async_trait;
use gatewright_domain::flow::{Flow, FlowEnd, HookFault};
use gatewright_domain::hooks::{
    Acrs, AfterAuthenticationDecision, AfterAuthenticationInput, AuthenticateDecision, AuthenticateInput,
    ClaimsDecision, ClaimsInput, ConsentDecision, ConsentInput, CustomizeTokenDecision, CustomizeTokenInput, HookInput,
    HookKind, Policy, SelectAcrDecision, SelectAcrInput,
};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trace::{Answer, Asked, Observer, Scene};
use std::sync::Arc;

/// A bundle, and who sees what it is asked.
pub(super) struct Observed {
    bundle: Arc<CompiledBundle>,
    observers: Vec<Arc<dyn Observer>>,
}

impl Observed {
    /// `bundle` before `observers`.
    pub(super) fn new(bundle: Arc<CompiledBundle>, observers: Vec<Arc<dyn Observer>>) -> Self {
        Self { bundle, observers }
    }

    fn question(&self) -> Question<'_> {
        Question::seen(&self.bundle.tools)
    }

    /// What a question is told, where somebody sees those too that no binding answers.
    fn whole(&self, input: impl FnOnce() -> HookInput) -> Option<HookInput> {
        self.observers.iter().any(|observer| observer.sees_all()).then(input)
    }

    fn tell(&self, question: Question<'_>, answer: Answer, whole: Option<HookInput>) {
        match (question.asked(&self.bundle.digest, answer.clone()), whole) {
            (Some(asked), _) => {
                let asked = Arc::new(asked);
                self.observers.iter().for_each(|observer| observer.asked(&asked));
            }
            (None, Some(input)) => {
                let (bundle, at_ms) = (self.bundle.digest.clone(), self.bundle.tools.clock.now_ms());
                let asked = Arc::new(Asked { bundle, input, at_ms, answer, runs: Vec::new() });
                self.observers.iter().filter(|observer| observer.sees_all()).for_each(|one| one.asked(&asked));
            }
            (None, None) => {}
        }
    }
}

#[async_trait]
impl Policy for Observed {
    fn digest(&self) -> &BundleDigest {
        self.bundle.digest()
    }

    fn acrs(&self) -> &Acrs {
        self.bundle.acrs()
    }

    fn served_scopes(&self) -> &[String] {
        self.bundle.served_scopes()
    }

    fn served_claims(&self) -> &[String] {
        self.bundle.served_claims()
    }

    fn asks(&self, hook: HookKind) -> bool {
        self.bundle.asks(hook) || self.observers.iter().any(|observer| observer.sees_all())
    }

    fn observed(self: Arc<Self>, scene: Scene) -> Arc<dyn Policy> {
        let mut observers = self.observers.clone();
        observers.push(scene.observer);
        Arc::new(Self { bundle: self.bundle.clone(), observers })
    }

    async fn select_acr(&self, input: SelectAcrInput) -> Result<SelectAcrDecision, HookFault> {
        let question = self.question();
        let whole = self.whole(|| HookInput::SelectAcr(input.clone()));
        let answer = self.bundle.ask_select_acr(input, &question).await;
        self.tell(question, decided(&answer), whole);
        answer
    }

    async fn authenticate(
        &self,
        input: AuthenticateInput,
        flow: &mut Flow,
    ) -> Result<FlowEnd<AuthenticateDecision>, HookFault> {
        let question = self.question();
        let whole = self.whole(|| HookInput::Authenticate(input.clone()));
        let answer = self.bundle.ask_authenticate(input, flow, &question).await;
        self.tell(question, flowed(&answer), whole);
        answer
    }

    async fn after_authentication(
        &self,
        input: AfterAuthenticationInput,
    ) -> Result<AfterAuthenticationDecision, HookFault> {
        let question = self.question();
        let whole = self.whole(|| HookInput::AfterAuthentication(input.clone()));
        let answer = self.bundle.ask_after_authentication(input, &question).await;
        self.tell(question, decided(&answer), whole);
        answer
    }

    async fn consent(&self, input: ConsentInput, flow: &mut Flow) -> Result<FlowEnd<ConsentDecision>, HookFault> {
        let question = self.question();
        let whole = self.whole(|| HookInput::Consent(input.clone()));
        let answer = self.bundle.ask_consent(input, flow, &question).await;
        self.tell(question, flowed(&answer), whole);
        answer
    }

    async fn claims(&self, input: ClaimsInput) -> Result<ClaimsDecision, HookFault> {
        let question = self.question();
        let whole = self.whole(|| HookInput::Claims(input.clone()));
        let answer = self.bundle.ask_claims(input, &question).await;
        self.tell(question, decided(&answer), whole);
        answer
    }

    async fn customize_token(&self, input: CustomizeTokenInput) -> Result<CustomizeTokenDecision, HookFault> {
        let question = self.question();
        let whole = self.whole(|| HookInput::CustomizeToken(input.clone()));
        let answer = self.bundle.ask_customize_token(input, &question).await;
        self.tell(question, decided(&answer), whole);
        answer
    }
}
