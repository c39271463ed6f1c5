//! Authorization responses as JWTs (JWT Secured Authorization Response Mode, JARM 2).

use super::outcome::Step;
use crate::Engine;
use crate::answers::{Form, Seal};
use crate::error::{DirectError, EndpointError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::signing::TokenType;
use gatewright_protocol::authorization_response::AuthorizationResponse;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::response_mode::ResponseMode;
use serde_json::{Map, Value};

/// How long an authorization response in a JWT may be believed, in seconds (JARM 2.1: ten minutes at most).
pub const RESPONSE_JWT_S: u64 = 300;

impl Engine {
    /// What a response will be signed and encrypted with; nothing for one that is no JWT. A client whose keys do not fit
    /// what it registered can be told nothing by the browser, so the end-user is.
    ///
    /// # Errors
    /// A direct error when the client has no key that fits; a fault of ours.
    pub(super) async fn response_seal(&self, client: &Client, mode: ResponseMode) -> Result<Option<Seal>, WalkError> {
        if !mode.is_jwt() {
            return Ok(None);
        }
        let form = Form {
            typ: TokenType::Jwt,
            signing: Some(self.response_algorithm(client)),
            encryption: client.requests.response_encryption(),
            member: "authorization_encrypted_response_alg",
        };
        match self.seal_for(client, form).await {
            Ok(seal) => Ok(Some(seal)),
            Err(EndpointError::Refused(refusal)) => Err(DirectError::Request(refusal).into()),
            Err(EndpointError::Fault(fault)) => Err(fault.into()),
            Err(EndpointError::Hook(fault)) => Err(Fault::caused("authorization.jarm", fault).into()),
        }
    }

    /// RS256 where the client names nothing (JARM 3), or what this server signs with where it has no such key.
    fn response_algorithm(&self, client: &Client) -> JwsAlgorithm {
        let signer = &self.world.signer;
        let default = Some(JwsAlgorithm::RS256).filter(|rs256| signer.algorithms().contains(rs256));
        let registered = client.requests.authorization_signed_response_alg;
        registered.or(default).unwrap_or(signer.default_algorithm())
    }

    /// The response as it travels: its parameters in one JWT, where there is a seal for it.
    pub(super) fn sealed_response(
        &self,
        seal: Option<&Seal>,
        client: &Client,
        response: AuthorizationResponse,
    ) -> Result<AuthorizationResponse, Fault> {
        let Some(seal) = seal else { return Ok(response) };
        let parameters = response.parameters().iter();
        let mut claims: Map<String, Value> =
            parameters.map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect();
        claims.insert("iss".into(), self.settings.issuer.to_string().into());
        claims.insert("aud".into(), client.id.as_str().into());
        claims.insert("exp".into(), self.now().plus(RESPONSE_JWT_S).0.into());
        let jwt = self.sealed_claims(seal, &claims)?;
        Ok(response.in_jwt(jwt))
    }

    /// The step that tells a client of what nothing was consumed for.
    pub(super) async fn respond(&self, client: &Client, response: AuthorizationResponse) -> Result<Step, WalkError> {
        let seal = self.response_seal(client, response.mode()).await?;
        Ok(Step::Respond(self.sealed_response(seal.as_ref(), client, response)?))
    }
}
