//! Clients that the operator vouches for: the rules of registration, without its openness and its tokens.

use super::build::{ClientSecret, NewClient};
use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_domain::token_hash::RandomToken;
use gatewright_protocol::registration::metadata::ClientMetadata;

impl Engine {
    /// A new client of a drawn id, not stored.
    ///
    /// # Errors
    /// A refusal of RFC 7591 3.2.2, or a fault of ours.
    pub async fn vouched_client(&self, metadata: ClientMetadata) -> Result<NewClient, EndpointError> {
        let metadata = self.with_own_algorithm(metadata).verify()?;
        self.hold_sector(&metadata).await?;
        self.build_client(metadata)
    }

    /// The client as it is registered anew, not stored. Its secret stays where its method still uses one.
    ///
    /// # Errors
    /// As [`Engine::vouched_client`].
    pub async fn rebuilt_client(&self, old: &Client, metadata: ClientMetadata) -> Result<NewClient, EndpointError> {
        let metadata = self.with_own_algorithm(metadata).verify()?;
        self.hold_sector(&metadata).await?;
        let (client, secret) = self.rebuild_client(old, metadata)?;
        Ok(NewClient { client, secret })
    }

    /// The client with another secret, not stored; `None` where it authenticates without one.
    ///
    /// # Errors
    /// A fault of the master key.
    pub fn with_new_secret(&self, client: &Client) -> Result<Option<NewClient>, EndpointError> {
        let secret = RandomToken::draw(self.world.entropy.as_ref());
        let authentication = match &client.authentication {
            ClientAuthentication::ClientSecretBasic { .. } => {
                ClientAuthentication::ClientSecretBasic { secret: secret.hash() }
            }
            ClientAuthentication::ClientSecretPost { .. } => {
                ClientAuthentication::ClientSecretPost { secret: secret.hash() }
            }
            ClientAuthentication::ClientSecretJwt {} => ClientAuthentication::ClientSecretJwt {},
            ClientAuthentication::None {}
            | ClientAuthentication::PrivateKeyJwt { .. }
            | ClientAuthentication::TlsClientAuth {}
            | ClientAuthentication::SelfSignedTlsClientAuth {} => return Ok(None),
        };
        let secret = ClientSecret(secret);
        let sealed_secret = self.sealed(client.sealed_secret.is_some(), Some(&secret))?;
        let client = Client { authentication, sealed_secret, ..client.clone() };
        Ok(Some(NewClient { client, secret: Some(secret) }))
    }
}
