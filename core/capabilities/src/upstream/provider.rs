//! What is known of another provider: its endpoints (OpenID Connect Discovery 4) and its keys (RFC 7517), each fetched
//! when it is needed and kept for a while.

use super::kept::Kept;
use super::{UpstreamProvider, address, limits, reach};
use crate::address::Reach;
use crate::outgoing::{Outgoing, Trip, TripFailed};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::clock::Clock;
use gatewright_domain::signing::{ForeignJwt, JwtRejected};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use url::Url;

/// How long endpoints and keys are kept, in seconds.
pub(super) const KEPT_S: u64 = 600;
/// How soon keys are fetched again for a `kid` that is not among them, in seconds.
pub(super) const REFETCH_S: u64 = 60;
/// What an ID token may be signed with; never with a secret, so that a public key can't be taken for one.
const ALGORITHMS: [JwsAlgorithm; 4] =
    [JwsAlgorithm::RS256, JwsAlgorithm::PS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA];

/// A provider and what was fetched of it.
pub(super) struct Known {
    pub provider: UpstreamProvider,
    endpoints: Mutex<Kept<Endpoints>>,
    keys: Mutex<Kept<Value>>,
}

/// Where a provider is spoken to.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub authorization: Url,
    pub token: Url,
    pub jwks: Url,
    /// The secret is sent as `client_secret_basic`: unless it names its methods and that is not one (Discovery 3).
    pub takes_basic: bool,
}

impl Known {
    pub fn new(provider: UpstreamProvider) -> Self {
        Self { provider, endpoints: Mutex::default(), keys: Mutex::default() }
    }

    pub fn reach(&self) -> Reach {
        reach(&self.provider)
    }

    /// Its endpoints. Of many at once, one fetches; where that fails, the others are answered with its failure.
    pub async fn endpoints(&self, outgoing: &Outgoing, clock: &dyn Clock) -> Result<Endpoints, CapabilityError> {
        let mut kept = self.endpoints.lock().await;
        if let Some((endpoints, _)) = kept.since(KEPT_S, clock.now()) {
            return Ok(endpoints.clone());
        }
        Ok(kept.fetch(clock, self.discovered(outgoing)).await?.clone())
    }

    async fn discovered(&self, outgoing: &Outgoing) -> Result<Endpoints, CapabilityError> {
        let text = format!("{}/.well-known/openid-configuration", self.provider.issuer.trim_end_matches('/'));
        let url = address(Some(&text.into()), &self.provider);
        let url = url.ok_or_else(|| self.strange("its issuer is not an https URL"))?;
        let document = self.document(outgoing, url).await?;
        // Discovery 4.3: a document that speaks for another issuer is not to be used.
        if document.get("issuer").and_then(Value::as_str) != Some(&self.provider.issuer) {
            return Err(self.strange("its metadata names another issuer"));
        }
        let endpoint = |name: &str| {
            address(document.get(name), &self.provider)
                .ok_or_else(|| self.strange(&format!("its metadata names no {name} that can be used")))
        };
        let methods = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
        Ok(Endpoints {
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?,
            jwks: endpoint("jwks_uri")?,
            takes_basic: methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
        })
    }

    /// The claims of an ID token that the provider signed.
    pub async fn verified(
        &self,
        id_token: &str,
        endpoints: &Endpoints,
        foreign: &dyn ForeignJwt,
        (outgoing, clock): (&Outgoing, &dyn Clock),
    ) -> Result<Map<String, Value>, CapabilityError> {
        let verified = |jwks: &Value| foreign.verify_with_jwks(id_token, jwks, &ALGORITHMS);
        let fetched = || self.document(outgoing, endpoints.jwks.clone());
        let mut kept = self.keys.lock().await;
        let answer = match kept.since(KEPT_S, clock.now()) {
            None => verified(kept.fetch(clock, fetched()).await?),
            Some((jwks, age_s)) => match verified(jwks) {
                // It may have rotated its keys.
                Err(JwtRejected::UnknownKey) if age_s >= REFETCH_S => verified(kept.fetch(clock, fetched()).await?),
                answer => answer,
            },
        };
        answer.map_err(|why| self.strange(&format!("its ID token is not accepted: {why}")))
    }

    async fn document(&self, outgoing: &Outgoing, url: Url) -> Result<Value, CapabilityError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/jwk-set+json"));
        let path = url.path().to_owned();
        let trip = Trip { method: Method::GET, url, headers, body: None, reach: self.reach(), limits: limits() };
        let reply = outgoing.send(trip).await.map_err(|failed| self.unreachable(&failed))?;
        if reply.status != StatusCode::OK {
            return Err(self.strange(&format!("{path} answered with status {}", reply.status.as_u16())));
        }
        serde_json::from_slice(&reply.body).map_err(|_| self.strange(&format!("{path} is no JSON")))
    }

    /// It did not answer.
    pub fn unreachable(&self, failed: &TripFailed) -> CapabilityError {
        let why = match failed {
            TripFailed::AddressRefused => "it is at an address inside; allow that with private_addresses".to_owned(),
            TripFailed::TimedOut => "not in time".to_owned(),
            TripFailed::Unreachable(why) => why.clone(),
            TripFailed::TooLarge(bytes) => format!("its answer is larger than {bytes} bytes"),
        };
        self.strange(&why)
    }

    /// It did not answer as it should.
    pub fn strange(&self, why: &str) -> CapabilityError {
        CapabilityError::Unreachable { what: self.provider.issuer.clone(), why: why.to_owned() }
    }
}
