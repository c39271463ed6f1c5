//! `claims`: what is said about the end-user beside what the standard scopes say. Asked for ID tokens, userinfo and
//! introspection answers.

use super::Passable;
use crate::Client;
use crate::bindings::claims::exports::gatewright::plugin::claims as wire;
use crate::bindings::types::{Claim, Fault};
use crate::claim_set::ClaimSet;
use crate::export::{Served, decided};
use crate::failure::Outcome;
use crate::user::User;

pub use wire::Destination;

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Where the claims go.
    pub destination: Destination,
    /// For whom.
    pub client: Client,
    /// About whom.
    pub user: User,
    /// What was granted.
    pub scope: Vec<String>,
    /// Claims asked for by name for this destination.
    pub requested: Vec<String>,
    /// The ACR reached.
    pub acr: String,
}

/// A plugin that adds claims.
pub trait Claims {
    /// The claims to add; only those that its binding declares. [`pass`](super::pass) adds none.
    ///
    /// # Errors
    /// Why there is no decision.
    fn claims(about: Input) -> Outcome<ClaimSet>;
}

impl Passable for ClaimSet {
    fn passed() -> Self {
        Self::new()
    }
}

impl<P: Claims> wire::Guest for Served<P> {
    fn claims(input: wire::Input) -> Result<Vec<Claim>, Fault> {
        let wire::Input { destination, client, user, scope, requested, acr } = input;
        decided(|| P::claims(Input { destination, client, user: user.into(), scope, requested, acr }))
            .map(|claims| claims.to_wire())
    }
}
