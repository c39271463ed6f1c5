//! Token introspection (RFC 7662).

use super::super::authorization::Purpose;
use super::super::failure::Failure;
use super::super::laps::Laps;
use super::super::party::Party;
use super::super::tokens::Tokens;
use super::Operation;
use async_trait::async_trait;

/// One introspection of an access token that must be active.
pub(super) struct Introspect {
    party: Party,
    tokens: Option<Tokens>,
}

impl Introspect {
    pub(super) fn new(party: Party) -> Self {
        Self { party, tokens: None }
    }
}

#[async_trait]
impl Operation for Introspect {
    async fn make_ready(&mut self) -> Result<(), Failure> {
        if !self.tokens.as_ref().is_some_and(Tokens::is_fresh) {
            self.tokens = Some(self.party.sign_in(Purpose::Code, &mut Laps::start()).await?);
        }
        Ok(())
    }

    async fn operate(&mut self, _laps: &mut Laps) -> Result<(), Failure> {
        // Put back when it has served: after a failure there are new ones to get.
        let tokens = self.tokens.take().ok_or(Failure::Inactive)?;
        self.party.introspect(&tokens.access_token).await?;
        self.tokens = Some(tokens);
        Ok(())
    }

    fn requests(&self) -> u64 {
        self.party.requests()
    }
}
