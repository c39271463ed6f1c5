//! Whether an access token may be used by whoever presents it (RFC 9449 7.1 and 7.2, RFC 8705 3).

use super::call::PresentedAccess;
use crate::Engine;
use crate::access::LiveAccessToken;
use crate::error::EndpointError;
use gatewright_domain::confirmation::Confirmation;
use gatewright_protocol::dpop::refused;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::token::TokenType;

impl Engine {
    /// The access token that is presented, if it is one of ours that lives and whoever presents it has what it is bound to.
    ///
    /// # Errors
    /// `invalid_token` for one that is not, or is presented in another way than it is bound; `invalid_dpop_proof` or
    /// `use_dpop_nonce`; a fault of ours.
    pub async fn access(&self, presented: &PresentedAccess<'_>) -> Result<LiveAccessToken, EndpointError> {
        let proof = match presented.scheme {
            TokenType::Bearer => None,
            TokenType::Dpop => {
                let judged = self.judged_proof(&presented.call, Some(presented.token))?;
                Some(judged.ok_or_else(|| refused("there is none; a token of this kind needs one"))?)
            }
        };
        let unknown = || Refusal::new(ErrorCode::InvalidToken, "The access token is unknown, expired or revoked.");
        let token = self.live_access_token(presented.token).await?.ok_or_else(unknown)?;
        let confirmation =
            Confirmation::of(&token.claims).map_err(|why| invalid(&format!("It is unusable: {why}.")))?;
        admit_scheme(&confirmation, presented.scheme)?;
        let shown = presented.call.certificate.map(|certificate| &certificate.thumbprint);
        if confirmation.certificate.is_some() && confirmation.certificate.as_ref() != shown {
            return Err(invalid("It is bound to another certificate than the connection's.").into());
        }
        if let Some(proof) = proof
            && Some(self.prove(&proof).await?) != confirmation.jkt
        {
            return Err(invalid("It is bound to another key than that of the DPoP proof.").into());
        }
        Ok(token)
    }
}

fn invalid(why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, format!("The access token cannot be used so. {why}"))
}

/// A token that is bound to a key is presented as such, and no other is.
fn admit_scheme(confirmation: &Confirmation, scheme: TokenType) -> Result<(), Refusal> {
    match (&confirmation.jkt, scheme) {
        (Some(_), TokenType::Dpop) | (None, TokenType::Bearer) => Ok(()),
        (Some(_), TokenType::Bearer) => {
            Err(invalid("It is bound to a key: present it by the scheme DPoP, with a proof."))
        }
        (None, TokenType::Dpop) => Err(invalid("It is not bound to a key: present it by the scheme Bearer.")),
    }
}
