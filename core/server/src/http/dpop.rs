//! What DPoP has in headers (RFC 9449 4.1, 7.1 and 8): proofs that come, nonces that go, challenges.

use super::exchange::Exchange;
use super::reply::{self, Response};
use super::service::Service;
use gatewright_domain::certificate::ClientCertificate;
use gatewright_engine::binding::{Call, Place, ProofHeader};
use gatewright_protocol::bearer::WwwAuthenticate;
use gatewright_protocol::dpop::DPOP_ALGORITHMS;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::token::TokenType;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::sync::Arc;

/// The proof of a request.
pub const DPOP: HeaderName = HeaderName::from_static("dpop");
/// What the next proof must have in it.
pub const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The proof in these headers.
pub fn proof_in(headers: &HeaderMap) -> ProofHeader<'_> {
    let mut lines = headers.get_all(DPOP).iter();
    match (lines.next(), lines.next()) {
        (None, _) => ProofHeader::None,
        (Some(line), None) => line.to_str().map_or(ProofHeader::Unreadable, ProofHeader::One),
        (Some(_), Some(_)) => ProofHeader::Unreadable,
    }
}

impl Exchange {
    /// What the client has shown of itself in the TLS handshake, with this server or with a trusted proxy.
    pub fn certificate(&self, service: &Service) -> Option<Arc<ClientCertificate>> {
        (service.settings.client_certificate)(&self.connection, &self.headers)
    }

    /// What the request brings along, at the endpoint of that path.
    pub fn call<'c>(&'c self, path: &'c str, certificate: Option<&'c ClientCertificate>) -> Call<'c> {
        Call {
            authorization: self.authorization(),
            proof: proof_in(&self.headers),
            certificate,
            place: Place { method: self.method.as_str(), path, origins: &[] },
        }
    }
}

/// The answer with the nonce that the next proof must have, where there was a proof and nonces are wanted.
pub fn with_nonce(service: &Service, headers: &HeaderMap, response: Response) -> Response {
    if headers.contains_key(DPOP) { nonce_for_next(service, response) } else { response }
}

/// The answer to a request with a proof.
pub fn nonce_for_next(service: &Service, mut response: Response) -> Response {
    if let Some(nonce) = service.engine.dpop_nonce()
        && let Ok(nonce) = HeaderValue::from_str(&nonce)
    {
        response.headers_mut().insert(DPOP_NONCE, nonce);
    }
    response
}

/// The challenges of a resource: how tokens may be presented, and by the scheme that was used, if one was, what was wrong.
pub struct Challenges {
    /// What is protected.
    pub realm: &'static str,
    /// Where the resource is described.
    pub resource_metadata: String,
}

impl Challenges {
    /// Those of this server's resources.
    pub fn of(service: &Service, realm: &'static str) -> Self {
        Self { realm, resource_metadata: service.engine.resource_metadata_url() }
    }

    /// Puts them on an answer; `complete` adds to the one of the scheme that was used.
    pub fn put(
        &self,
        response: &mut Response,
        used: TokenType,
        complete: impl FnOnce(WwwAuthenticate) -> WwwAuthenticate,
    ) {
        let bearer = WwwAuthenticate::bearer().realm(self.realm);
        let dpop = WwwAuthenticate::dpop().realm(self.realm).algs(&DPOP_ALGORITHMS);
        let (first, second) = match used {
            TokenType::Bearer => (complete(bearer), dpop),
            TokenType::Dpop => (complete(dpop), bearer),
        };
        reply::challenge(response, &first.resource_metadata(&self.resource_metadata));
        reply::also_challenge(response, &second.resource_metadata(&self.resource_metadata));
    }
}

/// The answer of a resource to a request that it refuses. A bad proof is a bad token there (RFC 9449 7.1).
pub fn refused(refusal: &Refusal, used: TokenType, challenges: &Challenges) -> Response {
    let mut response = reply::refusal(refusal);
    if matches!(refusal.code(), ErrorCode::InvalidDpopProof | ErrorCode::UseDpopNonce) {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    challenges.put(&mut response, used, |challenge| challenge.refusal(refusal));
    response
}
