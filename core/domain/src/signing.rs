//! Keys, as the engine uses them: sign, verify, publish, seal (RFC 7515, 7517).

use crate::fault::Fault;
use crate::secret::SecretText;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::public_jwk::PublicJwk;
use serde_json::{Map, Value};

/// What a JWT is for; decides its `typ` header so that one kind can't be taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// `JWT`: an ID token, a signed userinfo answer, an authorization response.
    Jwt,
    /// `at+jwt`: an access token (RFC 9068 2.1).
    AccessToken,
    /// `token-introspection+jwt`: an introspection response (RFC 9701 5).
    Introspection,
    /// `logout+jwt`: a logout token (Back-Channel Logout 1.0, 2.4).
    Logout,
}

/// Why a presented JWT is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtRejected {
    /// No three parts, no JSON, too large, `crit`, or another `typ`.
    #[error("the JWT is malformed")]
    Malformed,
    /// An algorithm that is not allowed here, `none` among them.
    #[error("the JWT's algorithm is not allowed")]
    Algorithm,
    /// No key of that name.
    #[error("no key fits the JWT's kid")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the JWT's signature is wrong")]
    Signature,
}

/// The server's signing keys. Signers and verifiers are built once a key; calls are synchronous and take
/// tens of microseconds.
pub trait Signer: Send + Sync {
    /// Signs `claims` with the current key of `algorithm`.
    ///
    /// # Errors
    /// A fault when there is no such key.
    fn sign(&self, algorithm: JwsAlgorithm, typ: TokenType, claims: &Map<String, Value>) -> Result<String, Fault>;

    /// Signs `claims` with a secret shared with a client (HS256).
    ///
    /// # Errors
    /// A fault when the claims cannot be written.
    fn sign_with_secret(
        &self,
        secret: &SecretText,
        typ: TokenType,
        claims: &Map<String, Value>,
    ) -> Result<String, Fault>;

    /// Verifies a JWT of our own: a current or overlapping key, the right `typ`. Claims such as `exp`
    /// are the caller's to judge.
    ///
    /// # Errors
    /// Why it is not one of ours.
    fn verify(&self, jwt: &str, typ: TokenType) -> Result<Map<String, Value>, JwtRejected>;

    /// The public keys (`/jwks`): next, current and overlapping ones.
    fn jwks(&self) -> Value;

    /// Algorithms it has keys for.
    fn algorithms(&self) -> Vec<JwsAlgorithm>;

    /// The algorithm access tokens are signed with.
    fn default_algorithm(&self) -> JwsAlgorithm;
}

/// Checks what clients sign with their own keys.
pub trait ForeignJwt: Send + Sync {
    /// Verifies a client's JWT against its public keys (`jwks`, RFC 7517 5). Symmetric algorithms and
    /// `none` are refused whatever the header says.
    ///
    /// # Errors
    /// Why it is not accepted.
    fn verify_with_jwks(
        &self,
        jwt: &str,
        jwks: &Value,
        allowed: &[JwsAlgorithm],
    ) -> Result<Map<String, Value>, JwtRejected>;

    /// Verifies a JWT with the key that it brought along (RFC 9449 4.3): that says only that whoever made it has the private
    /// key, never who that is.
    ///
    /// # Errors
    /// Why it is not accepted.
    fn verify_with_key(
        &self,
        jwt: &str,
        key: &PublicJwk,
        algorithm: JwsAlgorithm,
    ) -> Result<Map<String, Value>, JwtRejected>;

    /// Verifies an HS256 JWT against a shared secret.
    ///
    /// # Errors
    /// Why it is not accepted.
    fn verify_with_secret(&self, jwt: &str, secret: &SecretText) -> Result<Map<String, Value>, JwtRejected>;
}

/// Encrypts small secrets under the master key before they are stored.
pub trait Sealer: Send + Sync {
    /// Seals `secret` for `purpose` (bound to it: it opens for no other).
    ///
    /// # Errors
    /// A fault of the crypto library.
    fn seal(&self, purpose: &str, secret: &SecretText) -> Result<String, Fault>;

    /// Opens what [`Sealer::seal`] sealed for the same purpose.
    ///
    /// # Errors
    /// A fault when the master key, the purpose or the text is another.
    fn open(&self, purpose: &str, sealed: &str) -> Result<SecretText, Fault>;

    /// A keyed digest (HMAC-SHA-256, base64url) of `text` for `purpose`: pairwise subjects (OpenID Connect Core
    /// 8.1), page tokens.
    fn keyed_digest(&self, purpose: &str, text: &str) -> String;
}
