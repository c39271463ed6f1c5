//! An interaction: one browser's unfinished trip, and what was decided on it so far.

use super::admit::AdmittedRequest;
use super::outcome::PageKind;
use super::strange_tries::Untold;
use crate::Engine;
use crate::account::Trip;
use crate::observation::Traced;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::{HostCall, Journal};
use gatewright_domain::hooks::{AuthenticateInput, ConsentInput};
use gatewright_domain::identifiers::{BundleDigest, InteractionId, SessionId, TraceId};
use gatewright_domain::page::Page;
use gatewright_domain::session::Session;
use gatewright_domain::store::{DOCUMENT_BYTES_MAX, StoredInteraction};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One browser's unfinished trip.
#[derive(Debug)]
pub struct Interaction {
    /// Its name.
    pub id: InteractionId,
    /// The browser it belongs to.
    pub browser: TokenHash,
    /// The bundle it began with and ends on.
    pub bundle: BundleDigest,
    /// Version in the store; 0 while it was never stored.
    pub version: i64,
    /// When it is given up.
    pub expires_at: Timestamp,
    /// What was asked.
    pub request: AdmittedRequest,
    /// The subject that a valid `id_token_hint` names.
    pub hint: Option<HintedSubject>,
    /// What was decided so far.
    pub progress: Progress,
    /// Its trace.
    pub(crate) trace: Traced,
}

/// Whom an `id_token_hint` names (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HintedSubject {
    /// The `sub` of an ID token of ours, as this client knows it.
    Sub(String),
    /// Any of these, asked for by the `claims` parameter (OpenID Connect Core 5.5.1).
    Subs(Vec<String>),
    /// A hint that is no ID token of ours for this client: no session fits it.
    Nobody,
}

/// What was decided so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Progress {
    /// Any of these must be reached; the first is asked for.
    pub wanted: Option<Vec<Acr>>,
    /// Whether the end-user chose to go on with the session's account.
    pub account: AccountChoice,
    /// The interactive hook that waits for the browser.
    pub running: Option<Running>,
    /// When the page that waits answers itself, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers_itself_at: Option<Timestamp>,
    /// The session that was begun in this very interaction.
    pub fresh_session: Option<SessionId>,
    /// Who the end-user is, strong enough.
    pub reached: Option<Reached>,
    /// What the end-user who signed in is still to be told.
    pub untold: Option<Untold>,
    /// `after_authentication` has let it pass.
    pub passed: Option<Passed>,
    /// What the client may have.
    pub consented: Option<Consented>,
    /// The policy lets an end-user without the factor that is asked for enrol one.
    pub enrol: bool,
    /// What the account page began it for; none for a client's request.
    pub trip: Option<Trip>,
    /// The factor that the trip is for was enrolled.
    pub enrolled: bool,
    /// Decisions taken so far.
    pub hops: u32,
}

/// What `prompt=select_account` led to (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChoice {
    /// Not asked.
    #[default]
    NotAsked,
    /// The session's account.
    Keep,
    /// Another account: the session does not count.
    Another,
}

/// What waits for the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "running", rename_all = "snake_case")]
pub enum Running {
    /// An `authenticate` hook.
    Authenticate {
        /// What it was told when it began; the same on every run.
        input: Box<AuthenticateInput>,
        /// Its host calls.
        journal: Journal,
    },
    /// A `consent` hook.
    Consent {
        /// What it was told when it began.
        input: Box<ConsentInput>,
        /// Its host calls.
        journal: Journal,
    },
    /// The built-in account choice.
    ChooseAccount,
    /// The built-in page that tells of others' failed tries.
    FailedTries {
        /// What it tells.
        told: Untold,
    },
    /// The built-in consent question.
    ConsentQuestion {
        /// Claims asked for by name, as they are shown.
        claims: BTreeSet<String>,
    },
}

impl Running {
    /// Whether its page names the end-user, and so cannot be drawn without one.
    pub(super) fn speaks_of_an_account(&self) -> bool {
        matches!(
            self,
            Self::ChooseAccount | Self::FailedTries { .. } | Self::ConsentQuestion { .. } | Self::Consent { .. }
        )
    }

    /// After how many seconds its page answers itself, where it does.
    pub(super) fn wait_s(&self) -> Option<u32> {
        match self {
            Self::Authenticate { journal, .. } | Self::Consent { journal, .. } => match journal.waiting() {
                Some(HostCall::Ask(Page::Form(form))) => form.wait_s,
                _ => None,
            },
            Self::ChooseAccount | Self::FailedTries { .. } | Self::ConsentQuestion { .. } => None,
        }
    }

    /// The kind of page it is answered on.
    pub(super) fn page_kind(&self) -> PageKind {
        match self {
            Self::Authenticate { .. } | Self::ChooseAccount | Self::FailedTries { .. } => PageKind::SignIn,
            Self::Consent { .. } | Self::ConsentQuestion { .. } => PageKind::Consent,
        }
    }
}

/// An authentication that is strong enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Who, when, how.
    pub context: AuthenticationContext,
    /// Level of its ACR.
    pub level: i32,
    /// It happened in this very interaction.
    pub fresh: bool,
}

/// What `after_authentication` decided, when it let the end-user pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// Consent is to be asked even where it was given.
    pub ask_consent: bool,
}

/// What the client may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consented {
    /// Scope granted.
    pub scope: Scope,
    /// Claims granted by name, beyond what the scope stands for.
    pub claims: BTreeSet<String>,
    /// Whether to remember it; not when it was remembered or never asked.
    pub remember: bool,
}

impl Progress {
    /// Whether what was decided about an end-user still holds: they are signed in to this browser as they were then.
    /// Signing out, or in as someone else, in another tab ends it; so a page left open signs nobody in again.
    pub(super) fn holds_with(&self, session: Option<&Session>) -> bool {
        match (&self.reached, &self.running) {
            (Some(reached), _) => session.is_some_and(|session| session.id == reached.context.session),
            (None, Some(Running::Authenticate { input, .. })) => match &input.user {
                None => true,
                Some(user) => session.is_some_and(|session| session.subject == user.subject),
            },
            _ => true,
        }
    }

    /// As it was before anyone was known.
    pub(super) fn without_end_user(&self) -> Self {
        Self {
            wanted: self.wanted.clone(),
            account: self.account,
            enrol: self.enrol,
            trip: self.trip.clone(),
            hops: self.hops,
            ..Self::default()
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    request: AdmittedRequest,
    hint: Option<HintedSubject>,
    progress: Progress,
    /// None in what a release before traces has begun.
    trace: Option<Traced>,
}

impl Interaction {
    pub(super) fn begin(request: AdmittedRequest, browser: TokenHash, bundle: BundleDigest, engine: &Engine) -> Self {
        Self {
            id: InteractionId::draw(engine.world.entropy.as_ref()),
            browser,
            bundle,
            version: 0,
            expires_at: engine.now().plus(engine.settings.lifetimes.interaction_s),
            request,
            hint: None,
            progress: Progress::default(),
            trace: Traced {
                id: TraceId::draw(engine.world.entropy.as_ref()),
                began_at_ms: engine.world.clock.now_ms(),
                steps: Vec::new(),
            },
        }
    }

    pub(super) fn from_stored(stored: StoredInteraction) -> Result<Self, Fault> {
        let document: Document =
            serde_json::from_str(&stored.document).map_err(|error| Fault::caused("interaction.document", error))?;
        let trace = match document.trace {
            Some(trace) => trace,
            None => Traced::unknown(&stored.id)?,
        };
        Ok(Self {
            id: stored.id,
            browser: stored.browser,
            bundle: stored.bundle,
            version: stored.version,
            expires_at: stored.expires_at,
            request: document.request,
            hint: document.hint,
            progress: document.progress,
            trace,
        })
    }

    fn document(&self, trace: Option<Traced>) -> Result<String, Fault> {
        let document =
            Document { request: self.request.clone(), hint: self.hint.clone(), progress: self.progress.clone(), trace };
        serde_json::to_string(&document).map_err(|error| Fault::caused("interaction.document", error))
    }

    /// What is stored of it, one version on.
    pub(super) fn to_stored(&self) -> Result<StoredInteraction, Fault> {
        let mut document = self.document(Some(self.trace.clone()))?;
        if document.len() > DOCUMENT_BYTES_MAX {
            // Rather the flow without its trace than neither.
            document = self.document(Some(Traced { steps: Vec::new(), ..self.trace.clone() }))?;
        }
        if document.len() > DOCUMENT_BYTES_MAX {
            let message = format!("the flow's journal outgrew {DOCUMENT_BYTES_MAX} bytes");
            return Err(Fault::new("interaction.document", message));
        }
        Ok(StoredInteraction {
            id: self.id.clone(),
            browser: self.browser.clone(),
            bundle: self.bundle.clone(),
            version: self.version + 1,
            expires_at: self.expires_at,
            document,
        })
    }
}
