//! JWTs that clients sign: `private_key_jwt` and `client_secret_jwt` assertions (RFC 7523), request objects (RFC 9101).

use crate::client_keys;
use crate::compact::Compact;
use crate::kept_verifiers::KeptVerifiers;
use crate::mac::hmac_sha256;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::{ForeignJwt, JwtRejected};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::public_jwk::PublicJwk;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Shortest shared secret that verifies HS256, in bytes (RFC 7518 3.2).
pub const SHARED_SECRET_BYTES_MIN: usize = 32;

/// Verifies what clients sign. Keys are taken from what the caller names and from nowhere else: what a JWT brings
/// along (`jwk`, `x5c`) or points at (`jku`, `x5u`) is not looked at here. That of a DPoP proof was read by the caller.
#[derive(Debug, Clone, Default)]
pub struct ForeignVerifier {
    kept: Arc<KeptVerifiers>,
}

impl ForeignJwt for ForeignVerifier {
    fn verify_with_jwks(
        &self,
        jwt: &str,
        jwks: &Value,
        allowed: &[JwsAlgorithm],
    ) -> Result<Map<String, Value>, JwtRejected> {
        let compact = Compact::parse(jwt)?;
        if compact.algorithm == JwsAlgorithm::HS256 || !allowed.contains(&compact.algorithm) {
            return Err(JwtRejected::Algorithm);
        }
        client_keys::verify(compact, jwks, &self.kept)
    }

    fn verify_with_key(
        &self,
        jwt: &str,
        key: &PublicJwk,
        algorithm: JwsAlgorithm,
    ) -> Result<Map<String, Value>, JwtRejected> {
        let compact = Compact::parse(jwt)?;
        if compact.algorithm != algorithm || !key.fits(algorithm) {
            return Err(JwtRejected::Algorithm);
        }
        let verifier = self.kept.of(&key.to_map(), algorithm).ok_or(JwtRejected::UnknownKey)?;
        compact.claims(|signed, signature| verifier.verify(signed, signature).is_ok())
    }

    /// A secret under [`SHARED_SECRET_BYTES_MIN`] is no key: `UnknownKey`.
    fn verify_with_secret(&self, jwt: &str, secret: &SecretText) -> Result<Map<String, Value>, JwtRejected> {
        let compact = Compact::parse(jwt)?;
        if compact.algorithm != JwsAlgorithm::HS256 {
            return Err(JwtRejected::Algorithm);
        }
        let key = secret.expose().as_bytes();
        if key.len() < SHARED_SECRET_BYTES_MIN {
            return Err(JwtRejected::UnknownKey);
        }
        // Not josekit's verifier: it compares byte by byte and stops at the first that differs, which time shows.
        compact.claims(|signed, signature| {
            let expected = hmac_sha256(key, &[signed]);
            signature.len() == expected.len() && openssl::memcmp::eq(&expected, signature)
        })
    }
}

#[cfg(test)]
mod tests;
