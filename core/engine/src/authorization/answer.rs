//! A page's answer, or the browser's return from a visit: claimed, put into the journal, walked on.

use super::admit::admit_again;
use super::claim::Claim;
use super::interaction::{AccountChoice, Consented, Interaction, Progress, Running};
use super::outcome::{Outcome, Step};
use super::page::{Looked, Shown};
use super::traced::subject_of;
use super::walk::Walk;
use crate::Engine;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use crate::observation::End;
use gatewright_domain::client::Client;
use gatewright_domain::flow::{HostAnswer, HostCall, Journal, LiveSecrets};
use gatewright_domain::page::{Form, Page, Submission, WAIT_ACTION};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use std::collections::BTreeMap;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The button that allows or keeps; any other refuses or changes.
pub(super) const ALLOW: &str = "allow";
/// The button that goes on with the session's account.
pub(super) const KEEP: &str = "continue";
/// The button of someone else at the consent page.
pub(super) const OTHER_ACCOUNT: &str = "other_account";

/// What an answer led to.
#[derive(Debug)]
pub enum Answered {
    /// The browser goes on.
    Next(Outcome),
    /// The same form again, with what was wrong in it. Nothing has run.
    Again(Box<Shown>),
}

/// What an answer means for what was waiting.
enum Meaning {
    On(LiveSecrets),
    Refuse(Refusal),
}

impl Engine {
    /// Answers the page an interaction waits with. A token of an earlier page, or an answer that another request
    /// is working on, leads to the page as it now stands.
    ///
    /// # Errors
    /// A direct error when this browser has no such interaction, or a fault.
    pub async fn answer(
        &self,
        id: &str,
        token: &str,
        submission: Submission,
        browser: &Browser,
    ) -> Result<Answered, WalkError> {
        let interaction = self.find_interaction(id, browser).await?;
        self.answer_found(interaction, token, submission, browser).await
    }

    /// Whether the token is of the page as it stands.
    pub(super) fn is_answer_to(&self, interaction: &Interaction, token: &str) -> bool {
        token.as_bytes().ct_eq(self.page_token(interaction).as_bytes()).into()
    }

    pub(super) async fn answer_found(
        &self,
        mut interaction: Interaction,
        token: &str,
        submission: Submission,
        browser: &Browser,
    ) -> Result<Answered, WalkError> {
        if !self.is_answer_to(&interaction, token) {
            return Ok(Answered::Next(self.as_it_stands(&interaction)));
        }
        match take_answer(&mut interaction, submission) {
            Err(form) => Ok(Answered::Again(Box::new(self.shown(&interaction, Some(*form), browser).await?))),
            Ok(meaning) => self.work_on(interaction, meaning, browser).await.map(Answered::Next),
        }
    }

    /// The browser came back from a visit; `params` are what it brought.
    ///
    /// # Errors
    /// A direct error when its `state` is none of ours or of another browser, or a parameter is repeated; or a fault.
    pub async fn returned(&self, params: &Params, browser: &Browser) -> Result<Outcome, WalkError> {
        for (name, _) in params.iter() {
            params.single(name).map_err(DirectError::Request)?;
        }
        let state = params.single("state").map_err(DirectError::Request)?.unwrap_or_default();
        let id = state.split_once('.').map(|(id, _)| id).unwrap_or_default();
        let mut interaction = self.find_interaction(id, browser).await?;
        let awaited = visited_journal(&interaction).and_then(Journal::awaited_state);
        if !awaited.is_some_and(|awaited| bool::from(state.as_bytes().ct_eq(awaited.as_bytes()))) {
            return match visited_journal(&interaction).is_some_and(|journal| journal.knows_state(state)) {
                // The return from a visit that is over: the browser was sent back twice.
                true => Ok(self.as_it_stands(&interaction)),
                false => Err(DirectError::ForeignAnswer.into()),
            };
        }
        let brought: BTreeMap<String, String> =
            params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if !take_return(&mut interaction, brought) {
            return Ok(self.as_it_stands(&interaction));
        }
        self.work_on(interaction, Meaning::On(LiveSecrets::default()), browser).await
    }

    /// Looks at a page: shows it; or, where it answers itself and its time has come, answers it with [`WAIT_ACTION`].
    ///
    /// A browser that looks may thus take the walk on, and nobody else may: what is claimed is claimed as for an answer,
    /// so that of several looks at once one answers and the others see the page as it stands, and each page answers
    /// itself once. A turn of waiting is no decision, and is not counted as one: the journal's limit of host calls
    /// ends it.
    ///
    /// # Errors
    /// A direct error when this browser has no such interaction, or a fault.
    pub async fn look(&self, id: &str, browser: &Browser) -> Result<Looked, WalkError> {
        let mut interaction = self.find_interaction(id, browser).await?;
        let due = interaction.progress.answers_itself_at.is_some_and(|at| at <= self.now());
        if due {
            let client = self.client_again(&interaction).await?;
            if let Some(claim) = self.claim(&interaction).await? {
                let waited = Submission { action: Some(WAIT_ACTION.to_owned()), ..Submission::default() };
                // Nothing was filled in, and nothing has to be.
                let meaning = take_answer(&mut interaction, waited).unwrap_or(Meaning::On(LiveSecrets::default()));
                interaction.progress.hops = interaction.progress.hops.saturating_sub(1);
                let outcome = self.work_under(claim, interaction, (client, meaning), browser).await?;
                return Ok(Looked::Next(outcome));
            }
        }
        Ok(Looked::Page(Box::new(self.shown(&interaction, None, browser).await?)))
    }

    /// Does what an answer means, under a claim. Whoever finds it claimed is sent to the page as it stands.
    async fn work_on(
        &self,
        interaction: Interaction,
        meaning: Meaning,
        browser: &Browser,
    ) -> Result<Outcome, WalkError> {
        let client = self.client_again(&interaction).await?;
        let Some(claim) = self.claim(&interaction).await? else { return Ok(self.as_it_stands(&interaction)) };
        self.work_under(claim, interaction, (client, meaning), browser).await
    }

    async fn work_under(
        &self,
        claim: Claim,
        interaction: Interaction,
        (client, meaning): (Arc<Client>, Meaning),
        browser: &Browser,
    ) -> Result<Outcome, WalkError> {
        let admitted = admit_again(&client, &interaction.request, &self.settings);
        let worked = match admitted.map_or_else(Meaning::Refuse, |()| meaning) {
            Meaning::On(live) => self.walk_on(interaction, client, live, browser).await,
            Meaning::Refuse(refusal) => self.refuse_answered(interaction, &client, &refusal).await,
        };
        self.or_release(claim, worked).await
    }

    async fn refuse_answered(
        &self,
        mut interaction: Interaction,
        client: &Client,
        refusal: &Refusal,
    ) -> Result<Outcome, WalkError> {
        self.forget(&interaction).await?;
        let recorder = self.recorder(&mut interaction);
        recorder.end(self.world.clock.now_ms(), subject_of(&interaction, None), &End::Refused(refusal));
        Ok(Outcome::of(self.respond(client, super::refused(&interaction, self, refusal)).await?))
    }

    async fn walk_on(
        &self,
        mut interaction: Interaction,
        client: Arc<Client>,
        mut live: LiveSecrets,
        browser: &Browser,
    ) -> Result<Outcome, WalkError> {
        let recorder = self.recorder(&mut interaction);
        let pinned = self.world.policies.pinned(&interaction.bundle).await;
        let policy = recorder.over(pinned.map_err(|fault| self.broke(&recorder, fault))?);
        let session = self.session_under(policy.as_ref(), browser).await?;
        if !interaction.progress.holds_with(session.as_ref()) {
            interaction.progress = interaction.progress.without_end_user();
            live = LiveSecrets::default();
        }
        Walk { engine: self, policy, client, browser, session, recorder }.go_with(interaction, live).await
    }

    /// To the page that the interaction waits with.
    fn as_it_stands(&self, interaction: &Interaction) -> Outcome {
        let kind = interaction.progress.running.as_ref().map_or(super::PageKind::SignIn, Running::page_kind);
        Outcome::of(Step::Page { interaction: interaction.id.clone(), kind })
    }
}

/// What an answer means, or the same form again with what is wrong in it.
fn take_answer(interaction: &mut Interaction, submission: Submission) -> Result<Meaning, Box<Form>> {
    let scope = interaction.request.scope().clone();
    let progress = &mut interaction.progress;
    let pressed = submission.action.as_deref().unwrap_or_default();
    Ok(match &mut progress.running {
        Some(Running::ChooseAccount) => {
            progress.account = if pressed == KEEP { AccountChoice::Keep } else { AccountChoice::Another };
            progress.running = None;
            Meaning::On(LiveSecrets::default())
        }
        Some(Running::FailedTries { .. }) => {
            progress.running = None;
            Meaning::On(LiveSecrets::default())
        }
        Some(Running::ConsentQuestion { claims }) if pressed == ALLOW => {
            let claims = std::mem::take(claims);
            progress.consented = Some(Consented { scope, claims, remember: true });
            progress.running = None;
            Meaning::On(LiveSecrets::default())
        }
        Some(Running::ConsentQuestion { .. }) if pressed == OTHER_ACCOUNT => {
            *progress = Progress { account: AccountChoice::Another, ..progress.without_end_user() };
            Meaning::On(LiveSecrets::default())
        }
        Some(Running::ConsentQuestion { .. }) => {
            Meaning::Refuse(Refusal::access_denied("The end-user did not consent."))
        }
        Some(Running::Authenticate { journal, .. } | Running::Consent { journal, .. }) => {
            Meaning::On(journal_answer(journal, submission)?)
        }
        None => Meaning::On(LiveSecrets::default()),
    })
}

fn journal_answer(journal: &mut Journal, submission: Submission) -> Result<LiveSecrets, Box<Form>> {
    let mut live = LiveSecrets::default();
    match journal.waiting() {
        Some(HostCall::Ask(Page::Form(form))) => {
            let (answer, typed) = form.read(submission)?;
            live.keep(journal.entries().len(), typed);
            journal.answer(HostAnswer::Form(answer));
        }
        Some(HostCall::Ask(Page::Consent(_))) => {
            let allowed = submission.action.as_deref() == Some(ALLOW);
            journal.answer(HostAnswer::Consent { allowed });
        }
        _ => {}
    }
    Ok(live)
}

/// The journal of the hook that waits.
fn visited_journal(interaction: &Interaction) -> Option<&Journal> {
    match &interaction.progress.running {
        Some(Running::Authenticate { journal, .. } | Running::Consent { journal, .. }) => Some(journal),
        _ => None,
    }
}

fn take_return(interaction: &mut Interaction, brought: BTreeMap<String, String>) -> bool {
    match &mut interaction.progress.running {
        Some(Running::Authenticate { journal, .. } | Running::Consent { journal, .. })
            if matches!(journal.waiting(), Some(HostCall::Visit(_))) =>
        {
            journal.answer(HostAnswer::Returned(brought))
        }
        _ => false,
    }
}
