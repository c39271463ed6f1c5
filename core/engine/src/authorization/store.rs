//! Interactions between two requests: kept when something waits, claimed before an answer is worked on (so
//! that its effects happen once), forgotten at the end.

use super::interaction::Interaction;
use super::resolve::resolve_again;
use crate::Engine;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::store::Claimed;
use std::sync::Arc;

/// How long a claim holds when its holder dies, in seconds: longer than any hook may take.
pub(super) const LEASE_S: u64 = 90;

/// A claim, as it was made.
pub(super) struct Claim {
    id: InteractionId,
    version: i64,
    lease_until: Timestamp,
}

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

    /// The client that began it, if it may still be answered where it asked to be.
    pub(super) async fn client_again(&self, interaction: &Interaction) -> Result<Arc<Client>, WalkError> {
        let client = self.world.stores.clients.find(interaction.request.client_id()).await?;
        Ok(resolve_again(client, &interaction.request)?)
    }

    /// Claims an interaction; none when another request is at it.
    pub(super) async fn claim(&self, interaction: &Interaction) -> Result<Option<Claim>, Fault> {
        let now = self.now();
        let store = &self.world.stores.interactions;
        let claim = Claim { id: interaction.id.clone(), version: interaction.version, lease_until: now.plus(LEASE_S) };
        let claimed = store.claim(&claim.id, claim.version, now, claim.lease_until).await?;
        Ok((claimed == Claimed::Yes).then_some(claim))
    }

    /// What came of the work under a claim. Work that ended badly gives the claim back, so that the browser can try
    /// again at once.
    pub(super) async fn or_release<T>(&self, claim: &Claim, worked: Result<T, WalkError>) -> Result<T, WalkError> {
        let Err(error) = worked else { return worked };
        let store = &self.world.stores.interactions;
        match store.release(&claim.id, claim.version, claim.lease_until).await {
            Ok(_) => Err(error),
            Err(fault) => {
                let both = format!("{error}; the claim of the interaction was not given back: {fault}");
                Err(Fault::new("authorization.store", both).into())
            }
        }
    }

    /// The token in a page's form: it fits this page of this interaction and no other.
    pub(super) fn page_token(&self, interaction: &Interaction) -> String {
        let text = format!("{}.{}", interaction.id, interaction.version);
        self.world.sealer.keyed_digest("page", &text)
    }
}
