//! A shadow: every question the live policy is asked is handed on, once it is answered.
//!
//! The live policy is asked as ever. What it is told, what it answered and what its bindings asked of the host goes into
//! a bounded queue; where that is full the question is left out. Nothing here waits.

use super::TrialSetup;
use super::worker::{LeftOut, Waiting, Work, start};
use crate::bundle::{CompiledBundle, decided, flowed};
use async_trait::async_trait;
use gatewright_domain::clock::Clock;
use gatewright_domain::flow::{Flow, FlowEnd, HookFault};
use gatewright_domain::hooks::{
    Acrs, AfterAuthenticationDecision, AfterAuthenticationInput, AuthenticateDecision, AuthenticateInput,
    ClaimsDecision, ClaimsInput, ConsentDecision, ConsentInput, CustomizeTokenDecision, CustomizeTokenInput, HookInput,
    HookKind, Policy, SelectAcrDecision, SelectAcrInput,
};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trace::{Answer, Asked, Observer, Scene};
use gatewright_domain::trial::{Share, Trial};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::sync::mpsc::Sender;

/// A shadow that runs.
pub(super) struct Shadow {
    trial: u64,
    share: Share,
    candidate: Arc<CompiledBundle>,
    clock: Arc<dyn Clock>,
    asked: AtomicU64,
    questions: Sender<Waiting>,
    left_out: Arc<LeftOut>,
}

impl Shadow {
    /// Starts its thread.
    pub(super) fn start(trial: &Trial, candidate: Arc<CompiledBundle>, setup: &TrialSetup) -> io::Result<Self> {
        let left_out = Arc::new(LeftOut::default());
        let questions = start(Work {
            trial: trial.number,
            candidate: candidate.clone(),
            setup: setup.clone(),
            left_out: left_out.clone(),
        })?;
        let (share, clock) = (trial.plan.share, setup.clock.clone());
        Ok(Self { trial: trial.number, share, candidate, clock, asked: AtomicU64::new(0), questions, left_out })
    }

    /// Whose it is.
    pub(super) fn trial(&self) -> u64 {
        self.trial
    }

    /// The candidate's digest.
    pub(super) fn digest(&self) -> &BundleDigest {
        &self.candidate.digest
    }

    /// Whether the next question is one of its share.
    fn takes_next(&self) -> bool {
        self.share.holds(scattered(self.asked.fetch_add(1, Ordering::Relaxed)))
    }

    /// Hands a question on, or leaves it out where too many wait.
    fn hand_on(&self, live: Arc<Asked>) {
        // A question that neither of the two has a binding for has one answer.
        if live.runs.is_empty() && !self.candidate.is_asked(&live.input) {
            return;
        }
        if let Err(refused) = self.questions.try_send(Waiting { live, since: Instant::now() }) {
            self.left_out.count(&refused.into_inner().live);
        }
    }
}

/// Numbers in a row, scattered evenly (the finalizer of SplitMix64): every fifth question would be that of one hook.
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A policy with a shadow beside it.
pub(super) struct Shadowed {
    policy: Arc<dyn Policy>,
    shadow: Arc<Shadow>,
}

/// What is seen of one question.
#[derive(Default)]
struct Seen(OnceLock<Arc<Asked>>);

impl Observer for Seen {
    fn asked(&self, asked: &Arc<Asked>) {
        // One question is asked with it, so there is nothing there yet.
        let _first = self.0.set(asked.clone());
    }
}

/// A question of which the shadow is told.
struct Told<'s> {
    shadowed: &'s Shadowed,
    input: HookInput,
    seen: Arc<Seen>,
    policy: Arc<dyn Policy>,
}

impl Shadowed {
    /// `policy` with `shadow`.
    pub(super) fn new(policy: Arc<dyn Policy>, shadow: Arc<Shadow>) -> Self {
        Self { policy, shadow }
    }

    /// The question, if it is one of the shadow's share.
    fn told(&self, input: impl FnOnce() -> HookInput) -> Option<Told<'_>> {
        self.shadow.takes_next().then(|| {
            let seen = Arc::new(Seen::default());
            let policy = self.policy.clone().observed(Scene { observer: seen.clone() });
            Told { shadowed: self, input: input(), seen, policy }
        })
    }
}

impl Told<'_> {
    /// Hands it on with its answer.
    fn answered(self, answer: Answer) {
        let Self { shadowed, input, seen, .. } = self;
        let asked = seen.0.get().cloned().unwrap_or_else(|| {
            let (bundle, at_ms) = (shadowed.policy.digest().clone(), shadowed.shadow.clock.now_ms());
            Arc::new(Asked { bundle, input, at_ms, answer, runs: Vec::new() })
        });
        shadowed.shadow.hand_on(asked);
    }
}

#[async_trait]
impl Policy for Shadowed {
    fn digest(&self) -> &BundleDigest {
        self.policy.digest()
    }

    fn acrs(&self) -> &Acrs {
        self.policy.acrs()
    }

    fn served_scopes(&self) -> &[String] {
        self.policy.served_scopes()
    }

    fn served_claims(&self) -> &[String] {
        self.policy.served_claims()
    }

    fn asks(&self, hook: HookKind) -> bool {
        self.policy.asks(hook) || self.shadow.candidate.asks(hook)
    }

    fn observed(self: Arc<Self>, scene: Scene) -> Arc<dyn Policy> {
        let policy = self.policy.clone().observed(scene);
        Arc::new(Self { policy, shadow: self.shadow.clone() })
    }

    async fn select_acr(&self, input: SelectAcrInput) -> Result<SelectAcrDecision, HookFault> {
        let Some(told) = self.told(|| HookInput::SelectAcr(input.clone())) else {
            return self.policy.select_acr(input).await;
        };
        let ended = told.policy.select_acr(input).await;
        told.answered(decided(&ended));
        ended
    }

    async fn authenticate(
        &self,
        input: AuthenticateInput,
        flow: &mut Flow,
    ) -> Result<FlowEnd<AuthenticateDecision>, HookFault> {
        let Some(told) = self.told(|| HookInput::Authenticate(input.clone())) else {
            return self.policy.authenticate(input, flow).await;
        };
        let ended = told.policy.authenticate(input, flow).await;
        told.answered(flowed(&ended));
        ended
    }

    async fn after_authentication(
        &self,
        input: AfterAuthenticationInput,
    ) -> Result<AfterAuthenticationDecision, HookFault> {
        let Some(told) = self.told(|| HookInput::AfterAuthentication(input.clone())) else {
            return self.policy.after_authentication(input).await;
        };
        let ended = told.policy.after_authentication(input).await;
        told.answered(decided(&ended));
        ended
    }

    async fn consent(&self, input: ConsentInput, flow: &mut Flow) -> Result<FlowEnd<ConsentDecision>, HookFault> {
        let Some(told) = self.told(|| HookInput::Consent(input.clone())) else {
            return self.policy.consent(input, flow).await;
        };
        let ended = told.policy.consent(input, flow).await;
        told.answered(flowed(&ended));
        ended
    }

    async fn claims(&self, input: ClaimsInput) -> Result<ClaimsDecision, HookFault> {
        let Some(told) = self.told(|| HookInput::Claims(input.clone())) else {
            return self.policy.claims(input).await;
        };
        let ended = told.policy.claims(input).await;
        told.answered(decided(&ended));
        ended
    }

    async fn customize_token(&self, input: CustomizeTokenInput) -> Result<CustomizeTokenDecision, HookFault> {
        let Some(told) = self.told(|| HookInput::CustomizeToken(input.clone())) else {
            return self.policy.customize_token(input).await;
        };
        let ended = told.policy.customize_token(input).await;
        told.answered(decided(&ended));
        ended
    }
}
