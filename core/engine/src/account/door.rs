//! Who is at the account page's door: whose session it is, whether a form is of a page that session was shown, and whether
//! the end-user is signed in strongly enough for what they want to change.

use super::{FRESH_S, strongest};
use crate::Engine;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::fault::Fault;
use gatewright_domain::session::Session;
use gatewright_domain::user::User;
use subtle::ConstantTimeEq;

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T = ()> {
    /// It is made.
    Done(T),
    /// There is no such thing, or it is another end-user's: which of the two is not told.
    Gone,
    /// What was typed cannot be kept.
    Unfit,
    /// The end-user has to authenticate first, just now and as strongly as they can be ([`super::Trip::StepUp`]).
    StepUpNeeded,
    /// Nobody is signed in.
    SignInNeeded,
}

/// A form of the account page.
#[derive(Debug, Clone, Copy)]
pub struct AccountForm<'a> {
    /// Whose it is.
    pub browser: &'a Browser,
    /// The token that the page carried.
    pub token: &'a str,
}

/// An end-user at the page.
pub(super) struct Visit {
    pub session: Session,
    pub user: User,
}

impl Engine {
    /// The end-user signed in with this browser; none for an account that is gone or disabled.
    pub(super) async fn account_visit(&self, browser: &Browser) -> Result<Option<Visit>, Fault> {
        let policy = self.world.policies.live();
        let Some(session) = self.session_under(policy.as_ref(), browser).await? else { return Ok(None) };
        let user = self.enabled_user(&session.subject).await?;
        Ok(user.map(|user| Visit { session, user }))
    }

    /// The end-user whose form this is.
    pub(super) async fn form_visit(&self, form: &AccountForm<'_>) -> Result<Option<Visit>, WalkError> {
        let Some(visit) = self.account_visit(form.browser).await? else { return Ok(None) };
        let token = self.account_token(&visit.session);
        if !bool::from(token.as_bytes().ct_eq(form.token.as_bytes())) {
            return Err(DirectError::ForeignAnswer.into());
        }
        Ok(Some(visit))
    }

    /// What the forms of a session's account page carry: no other site knows it, and another session has another.
    pub(super) fn account_token(&self, session: &Session) -> String {
        self.world.sealer.keyed_digest("account", session.cookie.as_str())
    }

    /// Whether what the end-user signs in with may be changed in this session: authenticated just now, and as strongly as
    /// the account can be. [`super::Trip::StepUp`] ends no earlier than this is true.
    pub(super) async fn is_strong(&self, session: &Session) -> Result<bool, Fault> {
        if self.now() > session.auth_time.plus(FRESH_S) {
            return Ok(false);
        }
        let kinds = self.enrolled_kinds(&session.subject).await?;
        let policy = self.world.policies.live();
        Ok(strongest(policy.acrs(), &kinds).is_none_or(|method| session.level >= method.level))
    }

    /// Whether a change of what the end-user signs in with would be made now; nothing is changed.
    ///
    /// # Errors
    /// A fault of the stores.
    pub async fn may_change_factors(&self, browser: &Browser) -> Result<Change, WalkError> {
        Ok(match self.account_visit(browser).await? {
            None => Change::SignInNeeded,
            Some(visit) if self.is_strong(&visit.session).await? => Change::Done(()),
            Some(_) => Change::StepUpNeeded,
        })
    }
}
