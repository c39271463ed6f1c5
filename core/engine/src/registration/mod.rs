//! `/register`: dynamic client registration (RFC 7591) and its management (RFC 7592, OpenID Connect Registration).

mod answers;
mod binding;
mod build;
mod requests;
mod sector;
mod vouched;

pub use build::{ClientSecret, NewClient};

use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::client::Client;
use gatewright_domain::token_hash::RandomToken;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::metadata::ClientMetadata;
use gatewright_protocol::registration::response::RegistrationResponse;
use gatewright_protocol::registration::update::RegistrationUpdate;
use std::sync::Arc;

impl Engine {
    /// Registers a client that nobody vouches for.
    ///
    /// # Errors
    /// A refusal of RFC 7591 3.2.2, or a fault of ours.
    pub async fn register(&self, body: &[u8]) -> Result<RegistrationResponse, EndpointError> {
        if !self.settings.open_registration {
            return Err(Refusal::access_denied("Registration is not open on this server.").into());
        }
        let metadata = ClientMetadata::parse(body)?;
        binding::refuse_own_profile(&metadata)?;
        let metadata = self.with_own_algorithm(metadata).verify()?;
        self.hold_sector(&metadata).await?;
        let registration_token = RandomToken::draw(self.world.entropy.as_ref());
        let new = self.build_client(metadata)?;
        let mut client = new.client;
        client.registration_token = Some(registration_token.hash());
        self.world.stores.clients.save(&client).await?;
        let mut response = self.describe(&client)?;
        response.client_secret = new.secret.map(|secret| secret.0.into_text());
        response.registration_access_token = Some(registration_token.into_text());
        Ok(response)
    }

    /// What a client is registered as, with the token it was read by (RFC 7592 3).
    ///
    /// # Errors
    /// `invalid_token` when the registration access token is not this client's, or a fault of ours.
    pub async fn read_registration(
        &self,
        id: &str,
        token: Option<&str>,
    ) -> Result<RegistrationResponse, EndpointError> {
        let client = self.own_registration(id, token).await?;
        let mut response = self.describe(&client)?;
        response.registration_access_token = token.map(ToOwned::to_owned);
        Ok(response)
    }

    /// Replaces a client's registration; its id and secret stay.
    ///
    /// # Errors
    /// As [`Engine::read_registration`] and [`Engine::register`].
    pub async fn update_registration(
        &self,
        id: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Result<RegistrationResponse, EndpointError> {
        let client = self.own_registration(id, token).await?;
        let update = RegistrationUpdate::parse(body)?;
        if update.client_id != client.id {
            return Err(Refusal::new(ErrorCode::InvalidClientMetadata, "The client_id cannot be changed.").into());
        }
        if update.client_secret.as_ref().is_some_and(|secret| !self.is_secret_of(&client, secret.expose())) {
            return Err(Refusal::new(ErrorCode::InvalidClientMetadata, "The client_secret cannot be changed.").into());
        }
        binding::refuse_own_profile(&update.metadata)?;
        let metadata = self.with_own_algorithm(update.metadata).verify()?;
        self.hold_sector(&metadata).await?;
        let (replaced, new_secret) = self.rebuild_client(&client, metadata)?;
        self.world.stores.clients.save(&replaced).await?;
        let mut response = self.describe(&replaced)?;
        response.client_secret = new_secret.map(|secret| secret.0.into_text());
        response.registration_access_token = token.map(ToOwned::to_owned);
        Ok(response)
    }

    /// Removes a client and everything issued to it.
    ///
    /// # Errors
    /// As [`Engine::read_registration`].
    pub async fn delete_registration(&self, id: &str, token: Option<&str>) -> Result<(), EndpointError> {
        let client = self.own_registration(id, token).await?;
        self.world.stores.clients.remove(&client.id).await?;
        Ok(())
    }

    async fn own_registration(&self, id: &str, token: Option<&str>) -> Result<Arc<Client>, EndpointError> {
        // One answer for an unknown client and a wrong token (RFC 7592 2.1: 401 for both).
        let refused = || Refusal::new(ErrorCode::InvalidToken, "The registration access token is not this client's.");
        let id = ClientId::try_from(id).map_err(|_| refused())?;
        let client = self.world.stores.clients.find(&id).await?.ok_or_else(refused)?;
        let fits =
            token.is_some_and(|token| client.registration_token.as_ref().is_some_and(|hash| hash.matches(token)));
        if fits { Ok(client) } else { Err(refused().into()) }
    }

    fn describe(&self, client: &Client) -> Result<RegistrationResponse, EndpointError> {
        let metadata = match &client.registered_metadata {
            None => ClientMetadata::default(),
            Some(document) => ClientMetadata::from_json(&document.clone().into())?,
        };
        let path = format!("/register/{}", client.id);
        Ok(RegistrationResponse {
            client_id: client.id.clone(),
            client_secret: None,
            client_id_issued_at: u64::try_from(client.issued_at.0).unwrap_or(0),
            client_secret_expires_at: (!client.is_public()).then_some(0),
            registration_access_token: None,
            registration_client_uri: Some(self.settings.issuer.endpoint(&path)),
            metadata,
        })
    }
}

impl Engine {
    /// The metadata with an ID token algorithm that this server has, where the client names none: RS256 as OpenID
    /// Connect has it (Core 15.1), or this server's own where it does not sign with that.
    pub fn with_own_algorithm(&self, mut metadata: ClientMetadata) -> ClientMetadata {
        let signer = &self.world.signer;
        if metadata.id_token_signed_response_alg.is_none() && !signer.algorithms().contains(&JwsAlgorithm::RS256) {
            metadata.id_token_signed_response_alg = Some(signer.default_algorithm());
        }
        metadata
    }
}
