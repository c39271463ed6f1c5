//! Request objects: decrypted, verified with the client's own keys and judged, before a word of them counts (OpenID Connect Core
//! 6.1 and 6.3, RFC 9101 6).

use super::Ungathered;
use super::parameters::RequestParameters;
use super::rules::{Circumstances, Profile, agree, judge};
use crate::Engine;
use crate::client_authentication::ASSERTION_ALGORITHMS;
use crate::client_keys::NotSigned;
use crate::fapi2;
use gatewright_domain::client::Client;
use gatewright_domain::secret::SecretText;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::params::Params;
use gatewright_protocol::request_object::{Presented, overlaid, parameters, refused};
use gatewright_protocol::request_object_algorithm::RequestObjectAlgorithm;
use serde_json::{Map, Value};

/// Algorithms a client may sign its request objects with.
pub const REQUEST_OBJECT_ALGORITHMS: [JwsAlgorithm; 4] = ASSERTION_ALGORITHMS;

/// How a request object came, with the parameters beside it.
#[derive(Clone, Copy)]
pub(super) enum Brought<'p> {
    /// As `request`, by the browser.
    ByValue(&'p Params),
    /// From a `request_uri` that the browser named.
    ByReference(&'p Params),
    /// As `request`, pushed by the client.
    Pushed(&'p Params),
}

impl<'p> Brought<'p> {
    fn beside(self) -> &'p Params {
        match self {
            Self::ByValue(params) | Self::ByReference(params) | Self::Pushed(params) => params,
        }
    }
}

/// A request object that may be believed as far as it says.
struct Opened {
    claims: Map<String, Value>,
    profiled: bool,
    signed: bool,
}

impl Engine {
    /// Whether a client's request counts only as far as the client signed it (RFC 9101 10.5).
    pub(super) fn must_sign(&self, client: &Client) -> bool {
        self.settings.requests.require_signed_object || client.requests.require_signed_request_object == Some(true)
    }

    /// Whether a client signs as FAPI 2.0 has it, here or in all it does.
    fn is_held_to_fapi(&self, client: &Client) -> bool {
        self.settings.requests.fapi_objects || fapi2::applies(&self.settings, client)
    }

    /// The parameters that a request object makes of the request that brought it.
    pub(super) async fn in_object(
        &self,
        client: &Client,
        text: &str,
        brought: Brought<'_>,
    ) -> Result<RequestParameters<'static>, Ungathered> {
        let Opened { claims, profiled, signed } = self.opened(client, text, brought).await?;
        let alone = profiled || self.must_sign(client) || matches!(brought, Brought::Pushed(_));
        let profile = match (self.settings.requests.fapi_objects, alone) {
            (true, _) => Profile::Fapi,
            (false, true) => Profile::Jar,
            (false, false) => Profile::OpenIdConnect,
        };
        let issuer = self.settings.issuer.to_string();
        judge(&claims, profile, &Circumstances { client: &client.id, issuer: &issuer, now: self.now() })?;
        let inner = parameters(&claims)?;
        agree(brought.beside(), &inner)?;
        Ok(match profile {
            Profile::OpenIdConnect => RequestParameters::in_object(overlaid(brought.beside(), &inner)?, false),
            Profile::Jar | Profile::Fapi => RequestParameters::in_object(inner, signed),
        })
    }

    /// What a request object says, if it may be believed. An encrypted one is one that is not, within.
    async fn opened(&self, client: &Client, text: &str, brought: Brought<'_>) -> Result<Opened, Ungathered> {
        match Presented::parse(text)? {
            Presented::Encrypted => {
                let inner = self.decrypted(client, text)?;
                let presented = Presented::parse(inner.expose())?;
                self.believed(client, inner.expose(), presented, brought).await
            }
            presented => self.believed(client, text, presented, brought).await,
        }
    }

    fn decrypted(&self, client: &Client, jwe: &str) -> Result<SecretText, Ungathered> {
        let secret = self.secret_of(client)?;
        let expected = client.requests.request_object_encryption();
        let opened = self.world.encrypter.decrypt(jwe, expected, secret.as_ref());
        Ok(opened.map_err(|why| refused(&format!("is not accepted: {why}")))?)
    }

    async fn believed(
        &self,
        client: &Client,
        text: &str,
        presented: Presented,
        brought: Brought<'_>,
    ) -> Result<Opened, Ungathered> {
        match presented {
            Presented::Unsigned { profiled, claims } => {
                self.admit_unsigned(client, brought)?;
                Ok(Opened { claims, profiled, signed: false })
            }
            Presented::Signed { profiled } => {
                Ok(Opened { claims: self.verified(client, text).await?, profiled, signed: true })
            }
            Presented::Encrypted => Err(refused("is encrypted twice").into()),
        }
    }

    fn admit_unsigned(&self, client: &Client, brought: Brought<'_>) -> Result<(), Refusal> {
        if self.must_sign(client) || self.is_held_to_fapi(client) {
            return Err(refused("is not signed, and this client must sign"));
        }
        if let Some(algorithm) = client.requests.request_object_signing_alg.and_then(RequestObjectAlgorithm::signature)
        {
            return Err(refused(&format!("is not signed, and this client registered {algorithm}")));
        }
        if self.settings.requests.unsigned_objects {
            return Ok(());
        }
        let code = match brought {
            Brought::ByReference(_) => ErrorCode::RequestUriNotSupported,
            Brought::ByValue(_) | Brought::Pushed(_) => ErrorCode::RequestNotSupported,
        };
        Err(Refusal::new(code, "This server takes no request object that is not signed."))
    }

    async fn verified(&self, client: &Client, jwt: &str) -> Result<Map<String, Value>, Refusal> {
        let Some(keys) = &client.keys else {
            return Err(refused("cannot be verified: the client has registered neither jwks nor jwks_uri"));
        };
        let allowed: Vec<JwsAlgorithm> = match client.requests.request_object_signing_alg {
            Some(registered) => registered.signature().into_iter().collect(),
            None => REQUEST_OBJECT_ALGORITHMS.to_vec(),
        };
        let fapi = self.is_held_to_fapi(client);
        let allowed: Vec<JwsAlgorithm> =
            allowed.into_iter().filter(|algorithm| !(fapi && *algorithm == JwsAlgorithm::RS256)).collect();
        self.signed_by(keys, jwt, &allowed).await.map_err(|why| match why {
            NotSigned::KeysUnreachable => refused("cannot be verified: the client's jwks_uri could not be fetched"),
            NotSigned::Rejected(why) => refused(&format!("is not accepted: {why}")),
        })
    }
}
