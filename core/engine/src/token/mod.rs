//! `/token` (RFC 6749 3.2): client authenticated, grant checked, tokens decided, **then** the grant consumed in
//! one atomic step, then signed. A hook that fails burns no code; a lost race signs nothing.

pub mod access_token;
mod client_credentials_grant;
pub(crate) mod client_family;
mod code_grant;
mod customize;
pub mod id_token;
mod issue;
mod refresh_grant;
mod refresh_token;

pub use client_family::{FAMILIES_MAX, FAMILY_SPARE_S};

use crate::Engine;
use crate::binding::Call;
use crate::error::EndpointError;
use gatewright_domain::client::Client;
use gatewright_domain::confirmation::Confirmation;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::params::Params;
use gatewright_protocol::token::{TokenRequest, TokenResponse};

impl Engine {
    /// Answers a token request.
    ///
    /// # Errors
    /// A refusal of RFC 6749 5.2 or RFC 9449 5, a hook's fault, or a fault of ours.
    pub async fn token<'c>(&self, call: impl Into<Call<'c>>, params: &Params) -> Result<TokenResponse, EndpointError> {
        let call = call.into();
        // A proof that cannot do is told of before the client's own assertion is spent.
        let proof = self.judged_proof(&call, None)?;
        let client = self.authenticate_client(call, params).await?;
        let request = TokenRequest::parse(params)?;
        admit_grant(&client, request.grant_type())?;
        let shown = self.confirmed(&client, proof, &call).await?;
        let sender = Sender { client: &client, shown: &shown, call: &call };
        match request {
            TokenRequest::AuthorizationCode { code, redirect_uri, code_verifier } => {
                let presented = code_grant::PresentedCode { code, redirect_uri, code_verifier };
                self.redeem_code(&sender, presented).await
            }
            TokenRequest::RefreshToken { refresh_token, scope } => {
                self.refresh(&sender, refresh_token.expose(), scope.as_ref()).await
            }
            TokenRequest::ClientCredentials { scope } => self.client_credentials(&sender, scope.as_ref()).await,
        }
    }
}

/// Who asks for tokens.
struct Sender<'s> {
    /// The client, authenticated.
    client: &'s Client,
    /// What it has shown to have: what its tokens are bound to.
    shown: &'s Confirmation,
    /// Its request.
    call: &'s Call<'s>,
}

fn admit_grant(client: &Client, grant: GrantType) -> Result<(), Refusal> {
    if client.grant_types.contains(&grant) {
        return Ok(());
    }
    Err(Refusal::unauthorized_client(format!("This client has not registered the grant_type '{grant}'.")))
}
