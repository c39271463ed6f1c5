//! What a page of an interaction shows. [`Engine::show`] never runs a hook and changes nothing; [`Engine::look`] does,
//! where a page answers itself and its time has come.

use super::interaction::{Interaction, Running};
use super::outcome::{Outcome, PageKind};
use crate::Engine;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::failed_tries::StrangeTries;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::{HostCall, Journal};
use gatewright_domain::identifiers::{InteractionId, Subject};
use gatewright_domain::page::{ConsentQuestion, Form, Page, WAIT_S_MAX};
use gatewright_domain::session::Session;
use gatewright_domain::user::UserView;
use gatewright_protocol::locale::Locales;
use gatewright_protocol::redirect_uri::RedirectUri;
use std::sync::Arc;

/// A page, and what stands around it.
#[derive(Debug)]
pub struct Shown {
    /// What is asked.
    pub page: PageToShow,
    /// The kind of URL it belongs at.
    pub kind: PageKind,
    /// Which interaction it is of, for its URL.
    pub interaction: InteractionId,
    /// To be sent back with the answer.
    pub token: String,
    /// On whose behalf it is asked.
    pub client: Arc<Client>,
    /// Where the browser goes at the end: pages allow forms to lead there.
    pub redirect_uri: RedirectUri,
    /// Who is signed in, where that is known.
    pub user: Option<UserView>,
    /// Whether someone else may sign in from here: the built-in question can go back, a hook's cannot.
    pub offers_other_account: bool,
    /// Seconds after which the page answers itself, where it does.
    pub refresh_s: Option<u32>,
    /// `ui_locales` of the request.
    pub ui_locales: Locales,
}

/// What a look at a page led to.
#[derive(Debug)]
pub enum Looked {
    /// It is there.
    Page(Box<Shown>),
    /// It answered itself, and the browser goes on.
    Next(Outcome),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum PageToShow {
    /// A hook's form.
    Form(Form),
    /// Whether the client may have these.
    Consent {
        /// What is asked about.
        question: ConsentQuestion,
        /// Claims asked for by name, beyond what the scope stands for.
        claims: Vec<String>,
    },
    /// Whether to go on with the session's account.
    ChooseAccount,
    /// That others tried to sign in as the end-user, and failed.
    FailedTries(StrangeTries),
    /// The browser should be elsewhere.
    Elsewhere {
        /// Where.
        url: String,
    },
}

impl Engine {
    /// The page an interaction waits with.
    ///
    /// # Errors
    /// A direct error when this browser has no such interaction, or a fault.
    pub async fn show(&self, id: &str, browser: &Browser) -> Result<Shown, WalkError> {
        let interaction = self.find_interaction(id, browser).await?;
        self.shown(&interaction, None, browser).await
    }

    /// The page an interaction waits with, or the same form again with what was wrong in it.
    pub(super) async fn shown(
        &self,
        interaction: &Interaction,
        again: Option<Form>,
        browser: &Browser,
    ) -> Result<Shown, WalkError> {
        // What was typed is not to be lost: a form with mistakes in it stays until it is sent.
        let refresh_s = if again.is_none() { self.refresh_s(interaction) } else { None };
        let running = interaction.progress.running.as_ref();
        let running = running.ok_or_else(|| Fault::new("authorization.page", "the interaction waits for nothing"))?;
        let page = match again {
            Some(form) => PageToShow::Form(form),
            None => page_of(running, interaction)?,
        };
        let client = self.client_again(interaction).await?;
        let session = self.live_session(browser).await?;
        if !interaction.progress.holds_with(session.as_ref()) {
            return Err(DirectError::NoInteraction.into());
        }
        let user = match known_subject(interaction, session) {
            Some(subject) => self.enabled_user(&subject).await?,
            None => None,
        };
        if user.is_none() && running.speaks_of_an_account() {
            return Err(DirectError::NoInteraction.into());
        }
        Ok(Shown {
            page,
            kind: running.page_kind(),
            interaction: interaction.id.clone(),
            token: self.page_token(interaction),
            client,
            redirect_uri: interaction.request.redirect_uri().clone(),
            user: user.as_ref().map(UserView::from),
            offers_other_account: matches!(running, Running::ConsentQuestion { .. }),
            refresh_s,
            ui_locales: interaction.request.asked().ui_locales.clone(),
        })
    }
}

impl Engine {
    /// Seconds until the page answers itself; never 0, so that a browser that comes while another one's look is at
    /// work does not hurry.
    fn refresh_s(&self, interaction: &Interaction) -> Option<u32> {
        let at = interaction.progress.answers_itself_at?;
        let wait_s = at.0.saturating_sub(self.now().0).clamp(1, WAIT_S_MAX.into());
        u32::try_from(wait_s).ok()
    }
}

fn known_subject(interaction: &Interaction, session: Option<Session>) -> Option<Subject> {
    match (&interaction.progress.reached, &interaction.progress.running) {
        (Some(reached), _) => Some(reached.context.subject.clone()),
        (None, Some(Running::ChooseAccount)) => session.map(|session| session.subject),
        (None, Some(Running::Authenticate { input, .. })) => input.user.as_ref().map(|user| user.subject.clone()),
        _ => None,
    }
}

fn page_of(running: &Running, interaction: &Interaction) -> Result<PageToShow, Fault> {
    match running {
        Running::Authenticate { journal, .. } => waiting_page(journal, &[]),
        Running::Consent { input, journal } => waiting_page(journal, &input.requested),
        Running::ChooseAccount => Ok(PageToShow::ChooseAccount),
        Running::FailedTries { told } => Ok(PageToShow::FailedTries(told.told())),
        Running::ConsentQuestion { claims } => {
            let question = ConsentQuestion { scope: interaction.request.scope().clone() };
            Ok(PageToShow::Consent { question, claims: claims.iter().cloned().collect() })
        }
    }
}

fn waiting_page(journal: &Journal, claims: &[String]) -> Result<PageToShow, Fault> {
    match journal.waiting() {
        Some(HostCall::Ask(Page::Form(form))) => Ok(PageToShow::Form(form.clone())),
        Some(HostCall::Ask(Page::Consent(question))) => {
            Ok(PageToShow::Consent { question: question.clone(), claims: claims.to_vec() })
        }
        Some(HostCall::Visit(visit)) => Ok(PageToShow::Elsewhere { url: visit.url.clone() }),
        _ => Err(Fault::new("authorization.page", "the journal waits for no page")),
    }
}
