//! Single sign-on: the whole code flow of an end-user who has a session (OpenID Connect Core section 3.1).

use super::super::authorization::Purpose;
use super::super::failure::Failure;
use super::super::laps::Laps;
use super::super::party::Party;
use super::Operation;
use async_trait::async_trait;

/// Authorization request, code at once, tokens, userinfo: one operation.
pub(super) struct SsoCodeFlow {
    party: Party,
    signed_in: bool,
}

impl SsoCodeFlow {
    pub(super) fn new(party: Party) -> Self {
        Self { party, signed_in: false }
    }
}

#[async_trait]
impl Operation for SsoCodeFlow {
    async fn make_ready(&mut self) -> Result<(), Failure> {
        if !self.signed_in {
            self.party.sign_in(Purpose::Code, &mut Laps::start()).await?;
            self.signed_in = true;
        }
        Ok(())
    }

    async fn operate(&mut self, laps: &mut Laps) -> Result<(), Failure> {
        self.signed_in = false;
        let tokens = self.party.single_sign_on(laps).await?;
        self.party.userinfo(&tokens).await?;
        laps.lap("userinfo");
        self.signed_in = true;
        Ok(())
    }

    fn requests(&self) -> u64 {
        self.party.requests()
    }
}
