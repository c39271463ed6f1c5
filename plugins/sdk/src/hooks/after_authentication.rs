//! `after_authentication`: whether a known end-user is enough. Asked on single sign-on too.

use super::{Refusable, reads_as_login};
use crate::Login;
use crate::bindings::after_authentication::exports::gatewright::plugin::after_authentication as wire;
use crate::bindings::types::Fault;
use crate::export::{Served, decided};
use crate::failure::Outcome;
use crate::user::User;

pub use wire::Decision;

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The request, with the session that the end-user is signed in with; its fields can be read from the input itself.
    pub login: Login,
    /// Who it is.
    pub user: User,
    /// They signed in just now, not by single sign-on.
    pub fresh: bool,
}
reads_as_login!(Input);

/// A plugin that decides whether a known end-user is enough.
pub trait AfterAuthentication {
    /// Decides with [`proceed`], [`step_up`], [`ask_consent`] or [`deny`](super::deny).
    ///
    /// # Errors
    /// Why there is no decision.
    fn after_authentication(login: Input) -> Outcome<Decision>;
}

/// Goes on.
pub fn proceed() -> Decision {
    Decision::Proceed
}

/// Reaches that ACR first; asks for nothing where the session has.
pub fn step_up(acr: impl Into<String>) -> Decision {
    Decision::StepUp(acr.into())
}

/// Asks for consent though it was given.
pub fn ask_consent() -> Decision {
    Decision::AskConsent
}

impl Refusable for Decision {
    fn refused(reason: String) -> Self {
        Self::Deny(reason)
    }
}

impl<P: AfterAuthentication> wire::Guest for Served<P> {
    fn after_authentication(input: wire::Input) -> Result<Decision, Fault> {
        let wire::Input { login, user, fresh } = input;
        decided(|| P::after_authentication(Input { login, user: user.into(), fresh }))
    }
}
