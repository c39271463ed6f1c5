//! `select_acr`: which ACR a request needs. Asked for every admitted request, on a live session too.

use super::{Passable, Refusable, reads_as_login};
use crate::Login;
use crate::bindings::select_acr::exports::gatewright::plugin::select_acr as wire;
use crate::bindings::types::Fault;
use crate::export::{Served, decided};
use crate::failure::Outcome;
use crate::texts::Texts;

pub use wire::{AvailableAcr, Decision};

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The request; its fields can be read from the input itself.
    pub login: Login,
    /// What this policy can reach, weakest first.
    pub available: Vec<AvailableAcr>,
}
reads_as_login!(Input);

/// A plugin that chooses ACRs.
pub trait SelectAcr {
    /// Decides with [`use_acr`], [`enrol_acr`], [`pass`](super::pass) or [`deny`](super::deny).
    ///
    /// # Errors
    /// Why there is no decision.
    fn select_acr(login: Input) -> Outcome<Decision>;
}

/// Needs this ACR, or any of these: the first is asked for.
pub fn use_acr(acrs: impl Texts) -> Decision {
    Decision::Use(acrs.texts())
}

/// As [`use_acr`]; and an end-user without the factor that the method asks for enrols one on the way.
pub fn enrol_acr(acrs: impl Texts) -> Decision {
    Decision::Enrol(acrs.texts())
}

impl Refusable for Decision {
    fn refused(reason: String) -> Self {
        Self::Deny(reason)
    }
}

impl Passable for Decision {
    fn passed() -> Self {
        Self::Pass
    }
}

impl<P: SelectAcr> wire::Guest for Served<P> {
    fn select_acr(input: wire::Input) -> Result<Decision, Fault> {
        decided(|| P::select_acr(Input { login: input.login, available: input.available }))
    }
}
