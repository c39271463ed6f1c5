//! Where an authorization request comes from: from the browser as it is, in a request object (OpenID Connect Core 6, RFC
//! 9101), or pushed by the client before (RFC 9126).
//!
//! | file | holds |
//! |---|---|
//! | `parameters` | [`RequestParameters`]: what all later steps read, and how it came |
//! | `object` | request objects: decrypted, verified by the client's keys, judged |
//! | `rules` | what a request object must say |
//! | `reference` | request objects at a `request_uri` |
//! | `push` | pushed requests |
//!
//! **Invariant:** nothing after [`Engine::gather`] reads what the browser brought.

mod object;
pub mod parameters;
pub(crate) mod push;
pub(crate) mod reference;
mod rules;

pub use object::REQUEST_OBJECT_ALGORITHMS;
pub use push::PUSHED_MAX_BYTES;

use crate::Engine;
use crate::error::{DirectError, EndpointError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_protocol::authorization::client_id;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use gatewright_protocol::pushed_request;
use object::Brought;
use parameters::RequestParameters;
use std::sync::Arc;

/// What was gathered of a request.
pub(super) struct Gathered<'p> {
    /// Who asks.
    pub client: Arc<Client>,
    /// What it asks.
    pub parameters: RequestParameters<'p>,
    /// Why it may not: told where the parameters lead.
    pub refusal: Option<Refusal>,
}

/// Why a request could not be gathered whole.
#[derive(Debug)]
pub(crate) enum Ungathered {
    /// The client is told.
    Refused(Refusal),
    /// Ours.
    Fault(Fault),
}

impl From<Refusal> for Ungathered {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Ungathered {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Ungathered> for EndpointError {
    fn from(ungathered: Ungathered) -> Self {
        match ungathered {
            Ungathered::Refused(refusal) => Self::Refused(refusal),
            Ungathered::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Where the parameters are, by what the browser brought.
enum Place<'p> {
    Here,
    Pushed(&'p str),
    Object(&'p str),
    At(&'p str),
}

impl Engine {
    /// Gathers the parameters of a request.
    ///
    /// # Errors
    /// A direct error when no client is known, or no such pushed request of its own; a fault.
    pub(super) async fn gather<'p>(&self, params: &'p Params) -> Result<Gathered<'p>, WalkError> {
        let client_id = client_id(params).map_err(DirectError::UnknownClient)?;
        let Some(client) = self.world.stores.clients.find(&client_id).await? else {
            let refusal = Refusal::invalid_request("No client with this client_id is registered here.");
            return Err(DirectError::UnknownClient(refusal).into());
        };
        let gathered = match place(params) {
            Err(refusal) => Err(refusal.into()),
            Ok(Place::Here) => Ok(RequestParameters::brought(params)),
            Ok(Place::Pushed(reference)) => return self.pushed(client, reference).await,
            Ok(Place::Object(text)) => self.in_object(&client, text, Brought::ByValue(params)).await,
            Ok(Place::At(uri)) => match self.object_at(&client, uri).await {
                Ok(text) => self.in_object(&client, text.trim_ascii(), Brought::ByReference(params)).await,
                Err(refusal) => Err(refusal.into()),
            },
        };
        match gathered {
            Ok(parameters) => Ok(Gathered { client, parameters, refusal: None }),
            Err(Ungathered::Fault(fault)) => Err(fault.into()),
            // Who must sign all it asks is not answered where an unsigned parameter says.
            Err(Ungathered::Refused(refusal)) if self.must_sign(&client) => Err(DirectError::Request(refusal).into()),
            Err(Ungathered::Refused(refusal)) => {
                Ok(Gathered { client, parameters: RequestParameters::brought(params), refusal: Some(refusal) })
            }
        }
    }
}

fn place(params: &Params) -> Result<Place<'_>, Refusal> {
    match (params.single("request")?, params.single("request_uri")?) {
        (None, None) => Ok(Place::Here),
        (Some(_), Some(_)) => Err(Refusal::invalid_request("There are a request and a request_uri; there may be one.")),
        (Some(object), None) => Ok(Place::Object(object)),
        (None, Some(uri)) => Ok(pushed_request::reference(uri).map_or(Place::At(uri), Place::Pushed)),
    }
}
