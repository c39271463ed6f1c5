//! What is known of another provider: its endpoints (OpenID Connect Discovery 4) and its keys (RFC 7517), each fetched
//! when it is needed and kept for a while.

use super::{UpstreamProvider, address, limits, reach};
use crate::address::Reach;
use crate::outgoing::{Outgoing, Trip, TripFailed};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::clock::Timestamp;
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
    endpoints: Mutex<Option<(Endpoints, Timestamp)>>,
    keys: Mutex<Option<(Value, Timestamp)>>,
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

    /// Its endpoints. Of many at once, one fetches.
    pub async fn endpoints(&self, outgoing: &Outgoing, now: Timestamp) -> Result<Endpoints, CapabilityError> {
        let mut kept = self.endpoints.lock().await;
        if let Some((endpoints, _)) = kept.as_ref().filter(|(_, at)| now.since(*at) < KEPT_S) {
            return Ok(endpoints.clone());
        }
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
        let endpoints = Endpoints {
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?,
            jwks: endpoint("jwks_uri")?,
            takes_basic: methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
        };
        *kept = Some((endpoints.clone(), now));
        Ok(endpoints)
    }

    /// The claims of an ID token that the provider signed.
    pub async fn verified(
        &self,
        id_token: &str,
        endpoints: &Endpoints,
        foreign: &dyn ForeignJwt,
        (outgoing, now): (&Outgoing, Timestamp),
    ) -> Result<Map<String, Value>, CapabilityError> {
        let mut kept = self.keys.lock().await;
        if kept.as_ref().is_none_or(|(_, at)| now.since(*at) >= KEPT_S) {
            *kept = Some((self.document(outgoing, endpoints.jwks.clone()).await?, now));
        }
        loop {
            let Some((jwks, fetched_at)) = kept.as_ref() else { return Err(self.strange("it has no keys")) };
            match foreign.verify_with_jwks(id_token, jwks, &ALGORITHMS) {
                Ok(claims) => return Ok(claims),
                // It may have rotated its keys.
                Err(JwtRejected::UnknownKey) if now.since(*fetched_at) >= REFETCH_S => {
                    *kept = Some((self.document(outgoing, endpoints.jwks.clone()).await?, now));
                }
                Err(why) => return Err(self.strange(&format!("its ID token is not accepted: {why}"))),
            }
        }
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
