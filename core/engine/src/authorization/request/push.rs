//! Pushed authorization requests (RFC 9126): taken as `/authorize` would take them, and found again under a name that
//! only the client knows.

use super::object::Brought;
use super::parameters::RequestParameters;
use super::{Gathered, Ungathered};
use crate::Engine;
use crate::authorization::admit::{Admission, admit};
use crate::authorization::resolve::resolve;
use crate::binding::Call;
use crate::error::{DirectError, EndpointError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::token_hash::{RandomToken, TokenHash};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use gatewright_protocol::pushed_request::PushedRequestResponse;
use std::sync::Arc;

/// Most of a pushed request, in bytes as a form: it is kept, whoever pushed it.
pub const PUSHED_MAX_BYTES: usize = 16 * 1024;

/// Parameters that prove who the client is, or brought the request: never stored.
const OF_THE_PUSH: [&str; 4] = ["client_secret", "client_assertion", "client_assertion_type", "request"];

impl Engine {
    /// Takes a pushed request, held to every rule that `/authorize` holds it to.
    ///
    /// # Errors
    /// A refusal of the client's authentication or of its request, or a fault.
    pub async fn push<'c>(
        &self,
        call: impl Into<Call<'c>>,
        params: &Params,
    ) -> Result<PushedRequestResponse, EndpointError> {
        let call = call.into();
        let proof = self.judged_proof(&call, None)?;
        let client = self.authenticate_client(call, params).await?;
        let key = match &proof {
            None => None,
            Some(proof) => Some(self.prove(proof).await?),
        };
        let name = RandomToken::draw(self.world.entropy.as_ref());
        let parameters = self.read_pushed(&client, params).await?.pushed(name.hash(), key.clone());
        let resolved = resolve(client.clone(), &parameters).map_err(told)?;
        let policy = self.world.policies.live();
        let admission = Admission { settings: &self.settings, served_scopes: policy.served_scopes() };
        admit(&parameters, &resolved, &admission)?;
        let signed = parameters.is_signed();
        let parameters = parameters.into_params();
        if parameters.to_form().len() > PUSHED_MAX_BYTES {
            let why = format!("The pushed request is longer than {PUSHED_MAX_BYTES} bytes.");
            return Err(Refusal::invalid_request(why).into());
        }
        let lifetimes = &self.settings.lifetimes;
        let expires_at = self.now().plus(lifetimes.pushed_request_s);
        let request = PushedRequest {
            hash: name.hash(),
            client_id: client.id.clone(),
            parameters,
            signed,
            dpop_jkt: key,
            expires_at,
            kept_until: expires_at.plus(lifetimes.interaction_s),
        };
        self.world.stores.pushed_requests.push(&request).await?;
        Ok(PushedRequestResponse::new(name.expose(), lifetimes.pushed_request_s))
    }

    async fn read_pushed(&self, client: &Client, params: &Params) -> Result<RequestParameters<'static>, Ungathered> {
        if params.single("request_uri")?.is_some() {
            let why = "A pushed request cannot name a request_uri; push the parameters themselves, or a request.";
            return Err(Refusal::invalid_request(why).into());
        }
        match params.single("request")? {
            Some(object) => self.in_object(client, object, Brought::Pushed(params)).await,
            None => Ok(RequestParameters::in_object(kept(client, params)?, false)),
        }
    }

    /// A pushed request, as its client names it at `/authorize`; what stands beside the name does not count (RFC 9101 5).
    pub(super) async fn pushed<'p>(&self, client: Arc<Client>, reference: &str) -> Result<Gathered<'p>, WalkError> {
        let found = self.world.stores.pushed_requests.find(&TokenHash::of(reference)).await?;
        let Some((request, completed)) = found.filter(|(request, _)| request.client_id == client.id) else {
            let why = "This client has pushed no request under this request_uri, or it has expired; begin again at the client.";
            return Err(DirectError::Request(Refusal::invalid_request_uri(why)).into());
        };
        let refusal = if completed {
            Some(used_before())
        } else if request.expires_at <= self.now() {
            Some(Refusal::invalid_request_uri("The pushed request has expired; push it again."))
        } else {
            None
        };
        let PushedRequest { hash, parameters, signed, dpop_jkt, .. } = request;
        let parameters = RequestParameters::in_object(parameters, signed).pushed(hash, dpop_jkt);
        Ok(Gathered { client, parameters, refusal })
    }
}

/// What a client is told whose pushed request was used already.
pub(crate) fn used_before() -> Refusal {
    Refusal::invalid_request_uri("The pushed request was used before; push it again.")
}

/// What is kept of a pushed form.
fn kept(client: &Client, params: &Params) -> Result<Params, Refusal> {
    let own = params.iter().filter(|(name, _)| !OF_THE_PUSH.contains(name) && *name != "client_id");
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let named = std::iter::once(("client_id".to_owned(), client.id.as_str().to_owned()));
    Ok(Params::from_pairs(named.chain(own))?)
}

/// A direct error, for a client that is there to be told.
fn told(error: DirectError) -> Refusal {
    match error {
        DirectError::UnknownClient(refusal)
        | DirectError::UnknownRedirectUri(refusal)
        | DirectError::Request(refusal)
        | DirectError::UnfitAnswer(refusal) => refusal,
        other => Refusal::invalid_request(other.to_string()),
    }
}
