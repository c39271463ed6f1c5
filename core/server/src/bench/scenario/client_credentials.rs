//! The client credentials grant (RFC 6749 section 4.4).

use super::super::failure::Failure;
use super::super::laps::Laps;
use super::super::party::Party;
use super::Operation;
use async_trait::async_trait;

/// One token request.
pub(super) struct ClientCredentials {
    party: Party,
}

impl ClientCredentials {
    pub(super) fn new(party: Party) -> Self {
        Self { party }
    }
}

#[async_trait]
impl Operation for ClientCredentials {
    async fn make_ready(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    async fn operate(&mut self, _laps: &mut Laps) -> Result<(), Failure> {
        self.party.client_credentials().await.map(drop)
    }

    fn requests(&self) -> u64 {
        self.party.requests()
    }
}
