//! Client authentication at the endpoints that clients call (RFC 6749 2.3, RFC 7523 2.2, RFC 8705 2, OpenID Connect Core 9).
//! A client uses the method it registered and no other.

use crate::Engine;
use crate::assertion::{Audience, FittingAssertion, claimed_client, judge};
use crate::binding::{Call, has_name_of};
use crate::client_keys::NotSigned;
use crate::error::EndpointError;
use crate::fapi2;
use gatewright_domain::client::{Client, ClientAuthentication, ClientKeys};
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::JwtRejected;
use gatewright_protocol::client_credentials::PresentedCredentials;
use gatewright_protocol::credential::Credential;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::params::Params;
use serde_json::{Map, Value};
use std::sync::Arc;

/// What a client secret that serves as a key is sealed for.
pub const SECRET_PURPOSE: &str = "client_secret";

/// Endpoints whose address a client may name as audience; the issuer itself is the right one.
const AUDIENCE_PATHS: [&str; 5] = ["/token", "/introspect", "/revoke", "/par", "/jans-auth/restv1/token"];

/// Algorithms a client may sign its assertion with.
pub const ASSERTION_ALGORITHMS: [JwsAlgorithm; 4] =
    [JwsAlgorithm::ES256, JwsAlgorithm::PS256, JwsAlgorithm::RS256, JwsAlgorithm::EdDSA];

impl Engine {
    /// The client that a request comes from, proven by its registered method.
    ///
    /// # Errors
    /// `invalid_client`, or `invalid_request` for credentials that cannot be read; a fault of ours.
    pub async fn authenticate_client<'c>(
        &self,
        call: impl Into<Call<'c>>,
        params: &Params,
    ) -> Result<Arc<Client>, EndpointError> {
        let call = call.into();
        let presented = PresentedCredentials::parse(call.authorization, params)?;
        let claimed = match &presented {
            PresentedCredentials::Assertion { client_id: None, assertion } => claimed_client(assertion.expose()),
            other => other.client_id().cloned(),
        };
        let id = claimed.ok_or_else(|| Refusal::invalid_client("The client assertion names no client."))?;
        let client = self.world.stores.clients.find(&id).await?.ok_or_else(not_known)?;
        if !presented.is_by(client.authentication.method()) {
            return Err(not_known().into());
        }
        let by_profile = fapi2::applies(&self.settings, &client);
        if by_profile {
            fapi2::admit_method(client.authentication.method())?;
        }
        match (&client.authentication, presented) {
            (ClientAuthentication::None {}, PresentedCredentials::None { .. }) => {}
            (
                ClientAuthentication::ClientSecretBasic { secret },
                PresentedCredentials::SecretBasic { secret: typed, .. },
            )
            | (
                ClientAuthentication::ClientSecretPost { secret },
                PresentedCredentials::SecretPost { secret: typed, .. },
            ) if secret.matches(typed.expose()) => {}
            (ClientAuthentication::ClientSecretJwt {}, PresentedCredentials::Assertion { assertion, .. }) => {
                let secret = self.secret_of(&client)?.ok_or_else(not_known)?;
                let claims = self.world.foreign.verify_with_secret(assertion.expose(), &secret);
                self.accept_assertion(&client, claims).await?;
            }
            (ClientAuthentication::PrivateKeyJwt { algorithm }, PresentedCredentials::Assertion { assertion, .. }) => {
                let keys = client.keys.as_ref().ok_or_else(not_known)?;
                let offered =
                    if by_profile { fapi2::narrowed(&ASSERTION_ALGORITHMS) } else { ASSERTION_ALGORITHMS.to_vec() };
                let allowed = offered.into_iter().filter(|offered| algorithm.is_none_or(|named| named == *offered));
                let allowed: Vec<JwsAlgorithm> = allowed.collect();
                let claims = self.verify_with_keys(keys, &allowed, &assertion).await?;
                self.accept_assertion(&client, claims).await?;
            }
            (ClientAuthentication::TlsClientAuth {}, PresentedCredentials::None { .. })
                if call.certificate.is_some_and(|certificate| has_name_of(certificate, &client.binding)) => {}
            (ClientAuthentication::SelfSignedTlsClientAuth {}, PresentedCredentials::None { .. }) => {
                let certificate = call.certificate.ok_or_else(not_known)?;
                let found = self.has_key_of(&client, certificate).await;
                if !found.map_err(|_| Refusal::invalid_client("The client's jwks_uri could not be fetched."))? {
                    return Err(not_known().into());
                }
            }
            _ => return Err(not_known().into()),
        }
        Ok(client)
    }

    /// The secret of a client to which it is a key.
    ///
    /// # Errors
    /// A fault of the master key.
    pub(crate) fn secret_of(&self, client: &Client) -> Result<Option<SecretText>, Fault> {
        client.sealed_secret.as_ref().map(|sealed| self.world.sealer.open(SECRET_PURPOSE, sealed)).transpose()
    }

    async fn verify_with_keys(
        &self,
        keys: &ClientKeys,
        allowed: &[JwsAlgorithm],
        assertion: &Credential,
    ) -> Result<Result<Map<String, Value>, JwtRejected>, EndpointError> {
        match self.signed_by(keys, assertion.expose(), allowed).await {
            Ok(claims) => Ok(Ok(claims)),
            Err(NotSigned::Rejected(why)) => Ok(Err(why)),
            Err(NotSigned::KeysUnreachable) => {
                Err(Refusal::invalid_client("The client's jwks_uri could not be fetched.").into())
            }
        }
    }

    async fn accept_assertion(
        &self,
        client: &Client,
        claims: Result<Map<String, Value>, JwtRejected>,
    ) -> Result<(), EndpointError> {
        let claims =
            claims.map_err(|why| Refusal::invalid_client(format!("The client assertion is not accepted: {why}.")))?;
        let issuer = &self.settings.issuer;
        let audience = match fapi2::applies(&self.settings, client) {
            true => Audience::Exactly(issuer.as_str()),
            false => Audience::Among(
                AUDIENCE_PATHS.iter().map(|path| issuer.endpoint(path)).chain([issuer.to_string()]).collect(),
            ),
        };
        let FittingAssertion { jti, expires_at } = judge(&claims, &client.id, &audience, self.now())?;
        if self.world.stores.tokens.remember_assertion(&jti, expires_at).await? {
            Ok(())
        } else {
            Err(Refusal::invalid_client("The client assertion was used before.").into())
        }
    }
}

/// One answer for an unknown client, a wrong method and a wrong secret.
fn not_known() -> Refusal {
    Refusal::invalid_client("The client is unknown, or this is not how it authenticates.")
}
