//! The account page and what belongs to it: what an end-user sees and changes of their own. The forms need no script; each
//! brings back the token of its session in [`super::STEP_FIELD`].

mod device;
mod events;
mod lines;
mod proof;

use super::{AccountFace, FormTargets, Frame, Needs, Pages, Rendered};
use events::EventLine;
use gatewright_domain::capabilities::recovery::RECOVERY_CODES;
use gatewright_domain::factor::{FactorView, LABEL_CHARS_MAX};
use gatewright_domain::fault::Fault;
use gatewright_engine::account::Overview;
pub(super) use lines::called;
use lines::{ClientLine, FactorLine, MethodLine, SessionModel};
use serde::Serialize;

/// What the page says first, after something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountNotice {
    /// A factor was enrolled.
    Added,
    /// A factor was renamed.
    Renamed,
    /// A factor was removed.
    Removed,
    /// A session was ended.
    Ended,
    /// A client was disconnected.
    Disconnected,
    /// A trip did not get to its end: nothing was changed.
    NotDone,
}

impl AccountNotice {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Added, Self::Renamed, Self::Removed, Self::Ended, Self::Disconnected, Self::NotDone];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Renamed => "renamed",
            Self::Removed => "removed",
            Self::Ended => "ended",
            Self::Disconnected => "disconnected",
            Self::NotDone => "not_done",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }
}

/// The account page.
#[derive(Debug, Clone, Copy)]
pub struct AccountView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// What there is to see.
    pub overview: &'a Overview,
    /// What it says first.
    pub notice: Option<AccountNotice>,
}

#[derive(Debug, Serialize)]
struct AccountModel<'a> {
    account: AccountFace,
    base: &'a str,
    step: &'a str,
    notice: Option<AccountNotice>,
    factors: Vec<FactorLine>,
    methods: Vec<MethodLine>,
    recovery: Option<usize>,
    of: usize,
    sessions: Vec<SessionModel>,
    clients: Vec<ClientLine>,
    events: Vec<EventLine>,
}

/// A page about one factor.
#[derive(Debug, Clone, Copy)]
pub struct FactorPageView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// Which.
    pub factor: &'a FactorView,
    /// What the form brings back.
    pub step: &'a str,
    /// What was typed as its label and cannot be kept.
    pub unfit: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct FactorModel<'a> {
    base: &'a str,
    step: &'a str,
    factor: FactorLine,
    typed: Option<&'a str>,
    max_length: usize,
}

/// Recovery codes: the question whether to make new ones, or those just made.
#[derive(Debug, Clone, Copy)]
pub struct RecoveryView<'a> {
    /// What the pages of this visit share.
    pub frame: &'a Frame,
    /// What the form brings back.
    pub step: &'a str,
    /// How many are left of the set that there is.
    pub left: usize,
    /// The new ones; they are shown this once.
    pub codes: &'a [&'a str],
}

#[derive(Debug, Serialize)]
struct RecoveryModel<'a> {
    base: &'a str,
    step: &'a str,
    left: usize,
    of: usize,
    codes: &'a [&'a str],
}

impl Pages {
    /// Draws the account page.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn account(&self, view: AccountView<'_>) -> Result<Rendered, Fault> {
        let AccountView { frame, overview, notice } = view;
        let model = AccountModel {
            account: AccountFace::of(&overview.user),
            base: &self.site.base,
            step: &overview.token,
            notice,
            factors: overview.factors.iter().map(FactorLine::from).collect(),
            methods: overview.enrollable.iter().map(MethodLine::from).collect(),
            recovery: overview.recovery,
            of: RECOVERY_CODES,
            sessions: overview.sessions.iter().map(SessionModel::from).collect(),
            clients: overview.clients.iter().map(|client| ClientLine::new(client, &frame.language)).collect(),
            events: overview.events.iter().map(EventLine::from).collect(),
        };
        self.draw("account.html", frame, &model, &needs())
    }

    /// Draws the page that renames a factor.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn account_rename(&self, view: FactorPageView<'_>) -> Result<Rendered, Fault> {
        self.draw("account_rename.html", view.frame, &self.factor_model(&view), &needs())
    }

    /// Draws the question whether to remove a factor.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn account_remove(&self, view: FactorPageView<'_>) -> Result<Rendered, Fault> {
        self.draw("account_remove.html", view.frame, &self.factor_model(&view), &needs())
    }

    fn factor_model<'a>(&'a self, view: &FactorPageView<'a>) -> FactorModel<'a> {
        FactorModel {
            base: &self.site.base,
            step: view.step,
            factor: FactorLine::from(view.factor),
            typed: view.unfit,
            max_length: LABEL_CHARS_MAX,
        }
    }

    /// Draws the page about recovery codes.
    ///
    /// # Errors
    /// A fault when an operator's template fails.
    pub fn account_recovery(&self, view: RecoveryView<'_>) -> Result<Rendered, Fault> {
        let RecoveryView { frame, step, left, codes } = view;
        let model = RecoveryModel { base: &self.site.base, step, left, of: RECOVERY_CODES, codes };
        self.draw("account_recovery.html", frame, &model, &needs())
    }
}

/// Their forms lead to this server, and no other window holds on to them.
fn needs() -> Needs {
    Needs { form_targets: FormTargets::Own, alone: true, ..Needs::default() }
}
