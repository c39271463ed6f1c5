//! `authenticate`: who the end-user is. May `ask` and `visit`.

use super::reads_as_login;
use crate::Login;
use crate::bindings::authenticate::exports::gatewright::plugin::authentication as wire;
use crate::bindings::types::Fault;
use crate::export::{Served, decided};
use crate::failure::Outcome;
use crate::texts::Texts;
use crate::user::User;
use crate::whom::Whom;

pub use wire::{Authenticated, Decision, Enrolment};

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The request; its fields can be read from the input itself.
    pub login: Login,
    /// The ACR to be reached.
    pub acr: String,
    /// The session's end-user when a session is to be made stronger; it must be they who sign in.
    pub user: Option<User>,
    /// How they did, in the names of RFC 8176, as far as it still counts: what is here need not be asked again.
    pub proven: Vec<String>,
    /// Whether a factor may be enrolled on the way.
    pub enrolment: Enrolment,
    /// Where a site that was visited must send the browser.
    pub return_url: String,
}
reads_as_login!(Input);

/// A plugin that signs end-users in.
pub trait Authenticate {
    /// Decides with [`authenticated`], [`fail`] or [`delegate`].
    ///
    /// # Errors
    /// Why there is no decision.
    fn authenticate(login: Input) -> Outcome<Decision>;
}

/// Signed in, as this user or subject, in the ways that the manifest says or [`Decision::amr`] does.
pub fn authenticated(who: impl Into<Whom>) -> Decision {
    Decision::Authenticated(Authenticated { subject: who.into().0, amr: Vec::new() })
}

/// Not signed in.
pub fn fail(reason: impl Into<String>) -> Decision {
    Decision::Fail(reason.into())
}

/// Leaves it to the method of another ACR.
pub fn delegate(acr: impl Into<String>) -> Decision {
    Decision::Delegate(acr.into())
}

impl Decision {
    /// How the end-user signed in, in the names of RFC 8176. Of [`authenticated`] alone; others stay as they are.
    #[must_use]
    pub fn amr(mut self, amr: impl Texts) -> Self {
        if let Self::Authenticated(authenticated) = &mut self {
            authenticated.amr = amr.texts();
        }
        self
    }
}

impl<P: Authenticate> wire::Guest for Served<P> {
    fn authenticate(input: wire::Input) -> Result<Decision, Fault> {
        let wire::Input { login, acr, user, proven, enrolment, return_url } = input;
        let user = user.map(Into::into);
        decided(|| P::authenticate(Input { login, acr, user, proven, enrolment, return_url }))
    }
}
