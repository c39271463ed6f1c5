//! `consent`: what the client may have. Asked where consent is not already given. May `ask` and `visit`.

use super::{Refusable, reads_as_login};
use crate::Login;
use crate::bindings::consent::exports::gatewright::plugin::consent as wire;
use crate::bindings::types::Fault;
use crate::export::{Served, decided};
use crate::failure::Outcome;
use crate::texts::Texts;
use crate::user::User;

pub use wire::{Decision, Granted};

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The request; its fields can be read from the input itself.
    pub login: Login,
    /// Who is asked.
    pub user: User,
    /// Scope values this client was allowed before.
    pub remembered: Vec<String>,
    /// Claims asked for by name, beyond what the scope stands for; granted with any scope.
    pub requested: Vec<String>,
    /// Where a site that was visited must send the browser.
    pub return_url: String,
}
reads_as_login!(Input);

/// A plugin that decides what a client may have.
pub trait Consent {
    /// Decides with [`grant`], [`grant_once`], [`built_in`] or [`deny`](super::deny).
    ///
    /// # Errors
    /// Why there is no decision.
    fn consent(login: Input) -> Outcome<Decision>;
}

/// Grants these scope values, and remembers it.
pub fn grant(scope: impl Texts) -> Decision {
    Decision::Grant(Granted { scope: scope.texts(), remember: true })
}

/// Grants these scope values this time.
pub fn grant_once(scope: impl Texts) -> Decision {
    Decision::Grant(Granted { scope: scope.texts(), remember: false })
}

/// Shows the server's own page.
pub fn built_in() -> Decision {
    Decision::BuiltIn
}

impl Refusable for Decision {
    fn refused(reason: String) -> Self {
        Self::Deny(reason)
    }
}

impl<P: Consent> wire::Guest for Served<P> {
    fn consent(input: wire::Input) -> Result<Decision, Fault> {
        let wire::Input { login, user, remembered, requested, return_url } = input;
        decided(|| P::consent(Input { login, user: user.into(), remembered, requested, return_url }))
    }
}
