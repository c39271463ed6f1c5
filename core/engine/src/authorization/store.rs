//! Interactions between two requests: found, kept when something waits, forgotten at the end.

use super::interaction::Interaction;
use super::resolve::resolve_again;
use crate::Engine;
use crate::account::account_client;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::store::{Claimed, StoredInteraction};
use std::sync::Arc;

impl Engine {
    /// Stores what the walk made of it; a new one, if its address may begin another.
    pub(super) async fn keep(&self, interaction: &Interaction, browser: &Browser) -> Result<(), WalkError> {
        let stored = interaction.to_stored()?;
        let store = &self.world.stores.interactions;
        if interaction.version == 0 {
            self.admit_sign_in(browser)?;
            return Ok(store.begin(&stored).await?);
        }
        match store.save(&stored).await? {
            Claimed::Yes => Ok(()),
            Claimed::No => Err(Fault::new("authorization.store", "the interaction moved on under its claim").into()),
        }
    }

    fn admit_sign_in(&self, browser: &Browser) -> Result<(), DirectError> {
        let Some(limit) = &self.settings.sign_ins else { return Ok(()) };
        let begun = self.sign_ins.begin(browser.origin.address(), limit, self.world.clock.now_ms());
        begun.map_err(|retry_after_s| DirectError::TooMany { retry_after_s })
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
            return Err(if browser.owns(&stored.browser) { self.expired(stored).await? } else { gone });
        }
        if !browser.owns(&stored.browser) {
            return Err(DirectError::ForeignAnswer.into());
        }
        Ok(Interaction::from_stored(stored)?)
    }

    /// What a browser is told whose interaction has expired.
    async fn expired(&self, stored: StoredInteraction) -> Result<WalkError, WalkError> {
        let interaction = Interaction::from_stored(stored)?;
        if interaction.progress.trip.is_some() {
            return Ok(DirectError::NoInteraction.into());
        }
        let client = self.world.stores.clients.find(interaction.request.client_id()).await?;
        let begins = client.filter(|client| client.initiate_login_uri(self.settings.issuer.as_str()).is_some());
        Ok(begins.map_or(DirectError::NoInteraction, |client| DirectError::BeginAgain { client }).into())
    }

    /// The client that began it, if it may still be answered where it asked to be.
    pub(super) async fn client_again(&self, interaction: &Interaction) -> Result<Arc<Client>, WalkError> {
        let client = match interaction.progress.trip {
            Some(_) => Some(Arc::new(account_client(&self.settings)?)),
            None => self.world.stores.clients.find(interaction.request.client_id()).await?,
        };
        Ok(resolve_again(client, &interaction.request)?)
    }

    /// The token in a page's form: it fits this page of this interaction and no other.
    pub(super) fn page_token(&self, interaction: &Interaction) -> String {
        let text = format!("{}.{}", interaction.id, interaction.version);
        self.world.sealer.keyed_digest("page", &text)
    }
}
