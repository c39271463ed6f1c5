//! Signing in: the whole code flow from a new browser (OpenID Connect Core section 3.1).

use super::super::authorization::Purpose;
use super::super::failure::Failure;
use super::super::laps::Laps;
use super::super::party::Party;
use super::Operation;
use async_trait::async_trait;

/// From an empty cookie jar to tokens: one operation, and one more session at the provider.
pub(super) struct LoginCodeFlow {
    party: Party,
}

impl LoginCodeFlow {
    pub(super) fn new(party: Party) -> Self {
        Self { party }
    }
}

#[async_trait]
impl Operation for LoginCodeFlow {
    async fn make_ready(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    async fn operate(&mut self, laps: &mut Laps) -> Result<(), Failure> {
        self.party.sign_in(Purpose::Code, laps).await.map(drop)
    }

    fn requests(&self) -> u64 {
        self.party.requests()
    }
}
