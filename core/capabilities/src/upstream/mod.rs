//! `oidc`: sign-in at other OpenID Providers, as their relying party (OpenID Connect Core 3.1, RFC 7636, RFC 9207).
//!
//! Nothing is stored between the visit and its return: `nonce` and the PKCE verifier are keyed digests of `state`, which
//! the walk has tied to the browser. Any node can finish.

mod id_token;
mod kept;
mod provider;

#[cfg(test)]
mod tests;

use crate::address::Reach;
use crate::outgoing::{Limits, Outgoing, OutgoingError, Trip};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gatewright_domain::capabilities::oidc::{SignedIn, UpstreamOidc};
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::Clock;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::{ForeignJwt, Sealer};
use id_token::Expected;
use provider::{Endpoints, Known};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// Longest wait for another provider, in milliseconds.
pub const PROVIDER_TIMEOUT_MS: u64 = 5_000;
/// Largest answer of another provider, in bytes.
pub const PROVIDER_BYTES_MAX: usize = 256 * 1024;
/// Longest code that is redeemed, in bytes.
const CODE_BYTES_MAX: usize = 4_096;
/// Errors that say that nobody signed in (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).
const NOBODY: [&str; 5] =
    ["access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"];

/// Another provider, as the operator configured it.
#[derive(Debug, Clone)]
pub struct UpstreamProvider {
    /// Its issuer, compared exactly.
    pub issuer: String,
    /// What it knows this server by.
    pub client_id: String,
    /// The secret that goes with it; none for a public client.
    pub client_secret: Option<SecretText>,
    /// What it is asked for; `openid` is among it.
    pub scope: String,
    /// Whether it may be at a private or loopback address, and spoken to over http.
    pub private_addresses: bool,
}

/// What the providers are spoken to with.
pub struct UpstreamSetup {
    /// By the names that policies are lent.
    pub providers: BTreeMap<String, UpstreamProvider>,
    /// Where a visit comes back to.
    pub return_url: String,
    /// Certificate authorities trusted beside the system's (PEM).
    pub extra_authorities: Option<Vec<u8>>,
    /// Derives what ties a visit to its return.
    pub sealer: Arc<dyn Sealer>,
    /// Verifies ID tokens.
    pub foreign: Arc<dyn ForeignJwt>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// The configured providers.
pub struct UpstreamProviders {
    known: BTreeMap<String, Known>,
    return_url: String,
    outgoing: Outgoing,
    sealer: Arc<dyn Sealer>,
    foreign: Arc<dyn ForeignJwt>,
    clock: Arc<dyn Clock>,
}

impl UpstreamProviders {
    /// Over the configured providers. None of them is spoken to before it is needed.
    ///
    /// # Errors
    /// When a certificate authority cannot be read.
    pub fn new(setup: UpstreamSetup) -> Result<Self, OutgoingError> {
        let UpstreamSetup { providers, return_url, extra_authorities, sealer, foreign, clock } = setup;
        let outgoing = Outgoing::new(extra_authorities.as_deref())?;
        let known = providers.into_iter().map(|(name, provider)| (name, Known::new(provider))).collect();
        Ok(Self { known, return_url, outgoing, sealer, foreign, clock })
    }

    fn find(&self, name: &str) -> Result<&Known, CapabilityError> {
        self.known.get(name).ok_or_else(|| {
            invalid(format!("no OpenID Provider `{name}` is configured; say under [oidc.{name}] where it is"))
        })
    }

    /// What ties the visit of `state` to its return, apart for each purpose and provider.
    fn tie(&self, purpose: &str, provider: &str, state: &str) -> String {
        self.sealer.keyed_digest(&format!("oidc.{purpose}"), &format!("{provider}\n{state}"))
    }

    fn token_request(
        &self,
        known: &Known,
        endpoints: &Endpoints,
        (code, verifier): (&str, &str),
    ) -> Result<(HeaderMap, String), CapabilityError> {
        let provider = &known.provider;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        form.append_pair("redirect_uri", &self.return_url).append_pair("code_verifier", verifier);
        match &provider.client_secret {
            Some(secret) if endpoints.takes_basic => {
                headers.insert(AUTHORIZATION, basic(&provider.client_id, secret)?);
            }
            Some(secret) => {
                form.append_pair("client_id", &provider.client_id).append_pair("client_secret", secret.expose());
            }
            None => {
                form.append_pair("client_id", &provider.client_id);
            }
        }
        Ok((headers, form.finish()))
    }

    async fn token_response(
        &self,
        known: &Known,
        endpoints: &Endpoints,
        (code, verifier): (&str, &str),
    ) -> Result<Value, CapabilityError> {
        let (headers, form) = self.token_request(known, endpoints, (code, verifier))?;
        let trip = Trip {
            method: Method::POST,
            url: endpoints.token.clone(),
            headers,
            body: Some(form.into_bytes()),
            reach: known.reach(),
            limits: limits(),
        };
        let reply = self.outgoing.send(trip).await.map_err(|failed| known.unreachable(&failed))?;
        let body: Value = serde_json::from_slice(&reply.body).map_err(|_| known.strange("no JSON from /token"))?;
        match reply.status.as_u16() {
            200 => Ok(body),
            _ => Err(known.strange(&format!("it refused the code: {}", word(body.get("error"))))),
        }
    }
}

#[async_trait]
impl UpstreamOidc for UpstreamProviders {
    async fn authorization_url(&self, provider: &str, state: &str) -> Result<String, CallFailed> {
        let known = self.find(provider)?;
        let endpoints = known.endpoints(&self.outgoing, self.clock.as_ref()).await?;
        let verifier = self.tie("verifier", provider, state);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &known.provider.client_id)
            .append_pair("redirect_uri", &self.return_url)
            .append_pair("scope", &known.provider.scope)
            .append_pair("state", state)
            .append_pair("nonce", &self.tie("nonce", provider, state))
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    async fn redeem(
        &self,
        provider: &str,
        state: &str,
        returned: &BTreeMap<String, String>,
    ) -> Result<Option<SignedIn>, CallFailed> {
        let known = self.find(provider)?;
        if returned.get("state").is_some_and(|own| own != state) {
            return Err(invalid("this is the return from another visit").into());
        }
        // RFC 9207 2.4: a response of another issuer is not to be looked at further.
        if returned.get("iss").is_some_and(|issuer| issuer != &known.provider.issuer) {
            return Err(known.strange("another issuer answered in its place").into());
        }
        if let Some(error) = returned.get("error") {
            return match NOBODY.contains(&error.as_str()) {
                true => Ok(None),
                false => Err(known.strange(&format!("it answered {}", word(Some(&error.as_str().into())))).into()),
            };
        }
        let code = returned.get("code").filter(|code| (1..=CODE_BYTES_MAX).contains(&code.len()));
        let code = code.ok_or_else(|| known.strange("the browser came back without a code"))?;
        let endpoints = known.endpoints(&self.outgoing, self.clock.as_ref()).await?;
        let verifier = self.tie("verifier", provider, state);
        let answer = self.token_response(known, &endpoints, (code, &verifier)).await?;
        let id_token = answer.get("id_token").and_then(Value::as_str);
        let id_token = id_token.ok_or_else(|| known.strange("it answered without an ID token"))?;
        let speak = (&self.outgoing, self.clock.as_ref());
        let claims = known.verified(id_token, &endpoints, self.foreign.as_ref(), speak).await?;
        let nonce = self.tie("nonce", provider, state);
        let expected = Expected { issuer: &known.provider.issuer, client_id: &known.provider.client_id, nonce: &nonce };
        let subject = id_token::admit(&claims, &expected, self.clock.now()).map_err(|why| known.strange(why))?;
        Ok(Some(SignedIn { issuer: known.provider.issuer.clone(), subject, claims }))
    }
}

fn limits() -> Limits {
    Limits { time: Duration::from_millis(PROVIDER_TIMEOUT_MS), bytes_max: PROVIDER_BYTES_MAX }
}

/// `client_secret_basic`: both are form-encoded first (RFC 6749 2.3.1).
fn basic(client_id: &str, secret: &SecretText) -> Result<HeaderValue, CapabilityError> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = SecretText::new(format!("{}:{}", encoded(client_id), encoded(secret.expose())));
    let text = SecretText::new(format!("Basic {}", STANDARD.encode(pair.expose())));
    let mut value = HeaderValue::from_str(text.expose())
        .map_err(|_| invalid("the client's id and secret are no header of a request"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// An error code as it may stand in our log: what is no code is not repeated.
fn word(error: Option<&Value>) -> String {
    let text = error.and_then(Value::as_str).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let is_code = (1..=64).contains(&text.len()) && text.bytes().all(plain);
    if is_code { text.to_owned() } else { "an error without a code".to_owned() }
}

fn invalid(why: impl Into<String>) -> CapabilityError {
    CapabilityError::Invalid { why: why.into() }
}

/// How far requests to a provider go.
fn reach(provider: &UpstreamProvider) -> Reach {
    if provider.private_addresses { Reach::PrivateToo } else { Reach::Public }
}

/// An address of a provider: https, or http where it may be inside.
fn address(text: Option<&Value>, provider: &UpstreamProvider) -> Option<Url> {
    let url = Url::parse(text?.as_str()?).ok()?;
    let is_secure = url.scheme() == "https" || (provider.private_addresses && url.scheme() == "http");
    (is_secure && url.has_host() && !crate::origin::has_user(&url)).then_some(url)
}
