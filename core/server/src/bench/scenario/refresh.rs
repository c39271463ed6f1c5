//! Refreshing (RFC 6749 section 6), with rotation where the provider rotates (RFC 9700 section 4.14).

use super::super::authorization::Purpose;
use super::super::failure::Failure;
use super::super::laps::Laps;
use super::super::party::Party;
use super::Operation;
use async_trait::async_trait;

/// One token request with a refresh token of the worker's own.
pub(super) struct Refresh {
    party: Party,
    refresh_token: Option<String>,
}

impl Refresh {
    pub(super) fn new(party: Party) -> Self {
        Self { party, refresh_token: None }
    }
}

#[async_trait]
impl Operation for Refresh {
    async fn make_ready(&mut self) -> Result<(), Failure> {
        if self.refresh_token.is_none() {
            let tokens = self.party.sign_in(Purpose::RefreshToken, &mut Laps::start()).await?;
            self.refresh_token = Some(tokens.refresh_token.ok_or(Failure::NoRefreshToken)?);
        }
        Ok(())
    }

    async fn operate(&mut self, _laps: &mut Laps) -> Result<(), Failure> {
        // Taken out first: after a failure it may be spent.
        let spent = self.refresh_token.take().ok_or(Failure::NoRefreshToken)?;
        let tokens = self.party.refresh(&spent).await?;
        // A provider that does not rotate need not send it again.
        self.refresh_token = Some(tokens.refresh_token.unwrap_or(spent));
        Ok(())
    }

    fn requests(&self) -> u64 {
        self.party.requests()
    }
}
