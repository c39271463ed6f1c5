//! The `after_authentication` hop: whether a known end-user is enough (RFC 9470 for the step-up).

use super::{Hop, HopFailed, Luggage, Walk};
use crate::account::{Trip, strongest};
use crate::authorization::interaction::{Interaction, Passed};
use gatewright_domain::hooks::{AfterAuthenticationDecision, AfterAuthenticationInput};
use gatewright_domain::user::{User, UserView};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::error::Refusal;

impl Walk<'_> {
    pub(super) async fn after_authentication(
        &mut self,
        interaction: &mut Interaction,
        luggage: &mut Luggage,
    ) -> Result<Hop, HopFailed> {
        let user = self.user_of(interaction, luggage).await?;
        if let Some(hop) = self.strengthen(interaction, &user).await? {
            return Ok(hop);
        }
        let fresh = interaction.progress.reached.as_ref().is_some_and(|reached| reached.fresh);
        let input = AfterAuthenticationInput { login: self.login(interaction), user: UserView::from(&user), fresh };
        Ok(match self.policy.after_authentication(input).await? {
            AfterAuthenticationDecision::Proceed => pass(interaction, false),
            AfterAuthenticationDecision::AskConsent => pass(interaction, true),
            AfterAuthenticationDecision::Deny { reason } => Hop::Refuse(Refusal::access_denied(reason)),
            AfterAuthenticationDecision::StepUp { acr } => self.step_up(interaction, acr),
        })
    }

    /// On a trip that changes what an end-user signs in with: asks them to be signed in as strongly as they can be.
    async fn strengthen(&self, interaction: &mut Interaction, user: &User) -> Result<Option<Hop>, HopFailed> {
        if !interaction.progress.trip.as_ref().is_some_and(Trip::needs_strength) {
            return Ok(None);
        }
        let kinds = self.engine.enrolled_kinds(&user.subject).await?;
        let Some(method) = strongest(self.policy.acrs(), &kinds) else { return Ok(None) };
        let level = interaction.progress.reached.as_ref().map(|reached| reached.level);
        if level.is_some_and(|level| level >= method.level) {
            return Ok(None);
        }
        Ok(Some(self.step_up(interaction, method.acr.clone())))
    }

    fn step_up(&self, interaction: &mut Interaction, acr: Acr) -> Hop {
        let needed = self.policy.acrs().find(&acr).map(|method| method.level);
        let level = interaction.progress.reached.as_ref().map(|reached| reached.level);
        match (needed, level) {
            (Some(needed), Some(level)) if level >= needed => pass(interaction, false),
            (None, _) => Hop::Refuse(Refusal::access_denied("The policy asks for a method that is not there.")),
            _ => {
                interaction.progress.wanted = Some(vec![acr]);
                interaction.progress.reached = None;
                Hop::On
            }
        }
    }
}

fn pass(interaction: &mut Interaction, ask_consent: bool) -> Hop {
    interaction.progress.passed = Some(Passed { ask_consent });
    Hop::On
}
