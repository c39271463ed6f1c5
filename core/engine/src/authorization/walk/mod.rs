//! The dispatcher: ask `next_step`, do that one thing, go on until something waits or the walk ends.

mod after;
mod authenticate;
mod consent;
mod select;

use super::interaction::{Interaction, Running};
use super::next_step::{Facts, NextStep, next_step};
use super::outcome::{Outcome, PageKind, Step};
use super::reached::reached_by;
use crate::Engine;
use crate::browser::{Browser, CookieChange};
use crate::error::{DirectError, WalkError};
use crate::observation::{End, Recorder};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::{Flow, HookFault, Journal, LiveSecrets, Wait};
use gatewright_domain::hooks::Policy;
use gatewright_domain::session::Session;
use gatewright_domain::user::User;
use gatewright_protocol::error::Refusal;
use std::sync::Arc;

/// Most decisions of one interaction: a policy that steps up or delegates in circles ends here.
pub const HOPS_MAX: u32 = 64;

/// What a client is told of an end-user whose account is gone or disabled.
const NO_ACCOUNT: &str = "The end-user has no account here.";

/// One request's walk over an interaction.
pub(super) struct Walk<'e> {
    pub engine: &'e Engine,
    pub policy: Arc<dyn Policy>,
    pub client: Arc<Client>,
    pub browser: &'e Browser,
    pub session: Option<Session>,
    pub recorder: Arc<Recorder>,
}

/// What one decision led to.
enum Hop {
    On,
    Page(PageKind),
    Visit(String),
    Refuse(Refusal),
    Complete,
}

/// Why a decision could not be had.
pub(super) enum HopFailed {
    /// A hook that decides about the walk: denied.
    Hook(HookFault),
    /// A hook that decides what is issued: nothing is.
    Issuing(HookFault),
    Fault(Fault),
    Refused(Refusal),
    /// Nothing can be told to the client; the person is.
    Direct(DirectError),
}

impl From<WalkError> for HopFailed {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Direct(direct) => Self::Direct(direct),
            WalkError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<Fault> for HopFailed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<HookFault> for HopFailed {
    fn from(fault: HookFault) -> Self {
        Self::Hook(fault)
    }
}

/// What a walk carries from hop to hop beside the interaction.
#[derive(Default)]
pub(super) struct Luggage {
    pub(super) cookies: Vec<CookieChange>,
    live: LiveSecrets,
    user: Option<User>,
}

impl Walk<'_> {
    /// Walks an interaction that nothing was typed into.
    pub async fn go(self, interaction: Interaction) -> Result<Outcome, WalkError> {
        self.go_with(interaction, LiveSecrets::default()).await
    }

    /// Walks on, with the secrets of the answer that came.
    pub async fn go_with(self, interaction: Interaction, live: LiveSecrets) -> Result<Outcome, WalkError> {
        let (engine, recorder) = (self.engine, self.recorder.clone());
        self.walk(interaction, live).await.map_err(|error| match error {
            WalkError::Fault(fault) => engine.broke(&recorder, fault).into(),
            direct @ WalkError::Direct(_) => direct,
        })
    }

    async fn walk(mut self, mut interaction: Interaction, live: LiveSecrets) -> Result<Outcome, WalkError> {
        let mut luggage = Luggage { live, ..Luggage::default() };
        let (step, fault) = loop {
            interaction.progress.hops += 1;
            if interaction.progress.hops > HOPS_MAX {
                let message =
                    format!("no end after {HOPS_MAX} decisions; does the policy step up or delegate in a circle?");
                return Err(Fault::new("authorization.walk", message).into());
            }
            match self.hop(&mut interaction, &mut luggage).await {
                Ok(Hop::On) => {}
                Ok(Hop::Page(kind)) => {
                    let wait_s = interaction.progress.running.as_ref().and_then(Running::wait_s);
                    let now = self.engine.now();
                    interaction.progress.answers_itself_at = wait_s.map(|seconds| now.plus(seconds.into()));
                    self.pause(&mut interaction);
                    self.engine.keep(&interaction, self.browser).await?;
                    break (Step::Page { interaction: interaction.id.clone(), kind }, None);
                }
                Ok(Hop::Visit(url)) => {
                    self.pause(&mut interaction);
                    self.engine.keep(&interaction, self.browser).await?;
                    break (Step::Visit { url }, None);
                }
                Ok(Hop::Refuse(refusal)) => {
                    break self.failed(&interaction, HopFailed::Refused(refusal)).await?;
                }
                Ok(Hop::Complete) => match self.complete(&interaction, &mut luggage).await {
                    Ok(response) => {
                        self.end(&interaction, &End::Completed);
                        break (Step::Respond(response), None);
                    }
                    Err(failed) => break self.failed(&interaction, failed).await?,
                },
                Err(failed) => break self.failed(&interaction, failed).await?,
            }
        };
        Ok(Outcome { step, cookies: luggage.cookies, fault })
    }

    async fn failed(
        &self,
        interaction: &Interaction,
        failed: HopFailed,
    ) -> Result<(Step, Option<HookFault>), WalkError> {
        match failed {
            HopFailed::Fault(fault) => Err(fault.into()),
            HopFailed::Direct(direct) => Err(direct.into()),
            HopFailed::Refused(refusal) => {
                let step = self.refuse(interaction, &refusal).await?;
                self.end(interaction, &End::Refused(&refusal));
                Ok((step, None))
            }
            HopFailed::Hook(fault) => {
                let refusal = Refusal::access_denied("The server's policy could not decide this request.");
                self.faulted(interaction, &refusal, fault).await
            }
            HopFailed::Issuing(fault) => {
                let refusal = Refusal::server_error("The server's policy could not say what is to be issued.");
                self.faulted(interaction, &refusal, fault).await
            }
        }
    }

    async fn faulted(
        &self,
        interaction: &Interaction,
        refusal: &Refusal,
        fault: HookFault,
    ) -> Result<(Step, Option<HookFault>), WalkError> {
        let step = self.refuse(interaction, refusal).await?;
        self.end(interaction, &End::Hook);
        Ok((step, Some(fault.in_trace(self.recorder.id()))))
    }

    async fn refuse(&self, interaction: &Interaction, refusal: &Refusal) -> Result<Step, WalkError> {
        self.engine.forget(interaction).await?;
        self.engine.respond(&self.client, super::refused(interaction, self.engine, refusal)).await
    }

    async fn hop(&mut self, interaction: &mut Interaction, luggage: &mut Luggage) -> Result<Hop, HopFailed> {
        match self.next(interaction) {
            NextStep::Resume => self.resume(interaction, luggage).await,
            NextStep::SelectAcr => self.select_acr(interaction).await,
            NextStep::ChooseAccount => {
                interaction.progress.running = Some(Running::ChooseAccount);
                Ok(Hop::Page(PageKind::SignIn))
            }
            NextStep::AdoptSession => self.adopt_session(interaction, luggage).await,
            NextStep::Authenticate { acr, step_up } => self.authenticate(interaction, acr, step_up, luggage).await,
            NextStep::Enrol { acr } => self.enrol(interaction, acr, luggage).await,
            NextStep::Tell => self.tell(interaction).await,
            NextStep::AfterAuthentication => self.after_authentication(interaction, luggage).await,
            NextStep::Consent => self.consent(interaction, luggage).await,
            NextStep::Complete => Ok(Hop::Complete),
            NextStep::Refuse(refusal) => Ok(Hop::Refuse(refusal)),
        }
    }

    fn next(&self, interaction: &Interaction) -> NextStep {
        let session = self.session.as_ref();
        let fresh = session.is_some_and(|session| interaction.progress.fresh_session.as_ref() == Some(&session.id));
        next_step(&Facts {
            request: &interaction.request,
            progress: &interaction.progress,
            session,
            hint_fits: self.engine.hint_fits(self, interaction, fresh),
            fresh,
            acrs: self.policy.acrs(),
            now: self.engine.now(),
        })
    }

    /// The live session is enough, if its end-user still has an account.
    async fn adopt_session(&mut self, interaction: &mut Interaction, luggage: &mut Luggage) -> Result<Hop, HopFailed> {
        let Some(session) = self.session.take() else { return Ok(Hop::On) };
        let user = self.engine.enabled_user(&session.subject).await?;
        if user.is_none() {
            luggage.cookies.push(CookieChange::EndSession);
            return Ok(Hop::On);
        }
        luggage.user = user;
        let fresh = interaction.progress.fresh_session.as_ref() == Some(&session.id);
        interaction.progress.reached = Some(reached_by(&session, fresh));
        self.session = Some(session);
        Ok(Hop::On)
    }

    /// Shows the page of others' failed tries. They count as told from here on: a page that is put off is not shown again.
    async fn tell(&mut self, interaction: &mut Interaction) -> Result<Hop, HopFailed> {
        let Some(told) = interaction.progress.untold.take() else { return Ok(Hop::On) };
        self.engine.tell(&told).await?;
        interaction.progress.running = Some(Running::FailedTries { told });
        Ok(Hop::Page(PageKind::SignIn))
    }

    async fn resume(&mut self, interaction: &mut Interaction, luggage: &mut Luggage) -> Result<Hop, HopFailed> {
        match interaction.progress.running.take() {
            Some(Running::Authenticate { input, journal }) => {
                self.run_authenticate(interaction, *input, journal, luggage).await
            }
            Some(Running::Consent { input, journal }) => self.run_consent(interaction, *input, journal, luggage).await,
            Some(
                waiting @ (Running::ChooseAccount | Running::FailedTries { .. } | Running::ConsentQuestion { .. }),
            ) => {
                let kind = waiting.page_kind();
                interaction.progress.running = Some(waiting);
                Ok(Hop::Page(kind))
            }
            None => Ok(Hop::On),
        }
    }

    /// The account of who was reached. One that was disabled on the way gets nothing any more.
    pub(super) async fn user_of(&self, interaction: &Interaction, luggage: &mut Luggage) -> Result<User, HopFailed> {
        if let Some(user) = &luggage.user {
            return Ok(user.clone());
        }
        let reached = interaction.progress.reached.as_ref();
        let reached = reached.ok_or_else(|| Fault::new("authorization.walk", "nobody is authenticated yet"))?;
        let user = self.engine.enabled_user(&reached.context.subject).await?;
        let user = user.ok_or_else(|| HopFailed::Refused(Refusal::access_denied(NO_ACCOUNT)))?;
        luggage.user = Some(user.clone());
        Ok(user)
    }
}

/// The page or visit a hook waits for.
fn waiting(wait: Wait, kind: PageKind) -> Hop {
    match wait {
        Wait::Page(_) => Hop::Page(kind),
        Wait::Visit(visit) => Hop::Visit(visit.url),
    }
}

impl Walk<'_> {
    /// The request, as hooks see it.
    fn login(&self, interaction: &Interaction) -> gatewright_domain::hooks::Login {
        crate::views::login(&interaction.request, &self.client, &self.browser.origin, self.session.as_ref())
    }

    /// What an interactive hook runs with.
    fn flow(&self, interaction: &Interaction, journal: Journal, luggage: &mut Luggage) -> Flow {
        let live = std::mem::take(&mut luggage.live);
        Flow {
            journal,
            live,
            interaction: Some(interaction.id.clone()),
            address: self.browser.origin.address(),
            recorded: None,
        }
    }
}
