//! Interactions between two requests: kept when something waits, claimed before an answer is worked on (so
//! that its effects happen once), forgotten at the end.

use super::interaction::Interaction;
use crate::Engine;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::store::Claimed;

/// How long a claim holds when its holder dies, in seconds: longer than any hook may take.
pub(super) const LEASE_S: u64 = 90;

impl Engine {
    /// Stores what the walk made of it.
    pub(super) async fn keep(&self, interaction: &Interaction) -> Result<(), Fault> {
        let stored = interaction.to_stored()?;
        let store = &self.world.stores.interactions;
        if interaction.version == 0 {
            return store.begin(&stored).await;
        }
        match store.save(&stored).await? {
            Claimed::Yes => Ok(()),
            Claimed::No => Err(Fault::new("authorization.store", "the interaction moved on under its claim")),
        }
    }

    /// Takes one away before anything is issued for it. Of all that would finish it, one does.
    pub(super) async fn consume(&self, interaction: &Interaction) -> Result<(), Fault> {
        let store = &self.world.stores.interactions;
        if interaction.version > 0 && !store.finish(&interaction.id, interaction.version).await? {
            return Err(Fault::new("authorization.store", "another request finished the interaction"));
        }
        Ok(())
    }

    /// Removes a refused one.
    pub(super) async fn forget(&self, interaction: &Interaction) -> Result<(), Fault> {
        if interaction.version > 0 {
            self.world.stores.interactions.finish(&interaction.id, interaction.version).await?;
        }
        Ok(())
    }

    /// The live interaction of that id, if it is this browser's.
    pub(super) async fn find_interaction(&self, id: &str, browser: &Browser) -> Result<Interaction, WalkError> {
        let gone = WalkError::Direct(DirectError::NoInteraction);
        let Ok(id) = InteractionId::parse(id) else { return Err(gone) };
        let Some(stored) = self.world.stores.interactions.find(&id).await? else { return Err(gone) };
        if stored.expires_at <= self.now() {
            return Err(gone);
        }
        if !browser.owns(&stored.browser) {
            return Err(DirectError::ForeignAnswer.into());
        }
        Ok(Interaction::from_stored(stored)?)
    }

    /// Claims an interaction; `false` when another request is at it.
    pub(super) async fn claim(&self, interaction: &Interaction) -> Result<bool, Fault> {
        let now = self.now();
        let store = &self.world.stores.interactions;
        let claimed = store.claim(&interaction.id, interaction.version, now, now.plus(LEASE_S)).await?;
        Ok(claimed == Claimed::Yes)
    }

    /// The token in a page's form: it fits this page of this interaction and no other.
    pub(super) fn page_token(&self, interaction: &Interaction) -> String {
        let text = format!("{}.{}", interaction.id, interaction.version);
        self.world.sealer.keyed_digest("page", &text)
    }
}
