//! `/revoke` (RFC 7009): a refresh token ends its whole family, an access token ends alone.

use crate::Engine;
use crate::binding::Call;
use crate::error::EndpointError;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use gatewright_protocol::revocation::RevocationRequest;

impl Engine {
    /// Revokes a token of the calling client. An unknown token is as good as revoked (RFC 7009 2.2).
    ///
    /// # Errors
    /// A refusal of the client, or of a token that is another client's; a fault of ours.
    pub async fn revoke<'c>(&self, call: impl Into<Call<'c>>, params: &Params) -> Result<(), EndpointError> {
        let caller = self.authenticate_client(call, params).await?;
        let request = RevocationRequest::parse(params)?;
        let presented = request.token.expose();
        let tokens = &self.world.stores.tokens;
        if let Some(found) = tokens.find_refresh_token(&TokenHash::of(presented)).await? {
            if found.token.client_id != caller.id {
                return Err(another().into());
            }
            return Ok(tokens.revoke_family(&found.family.id, self.now()).await?);
        }
        if let Some(live) = self.live_access_token(presented).await? {
            if live.meaning.client_id != caller.id {
                return Err(another().into());
            }
            tokens.revoke_access_token(&live.meaning.id, live.meaning.expires_at).await?;
        }
        Ok(())
    }
}

fn another() -> Refusal {
    Refusal::unauthorized_client("The token was issued to another client.")
}
