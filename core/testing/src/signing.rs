//! A signer, a verifier of clients' JWTs and a sealer without a crypto library: every "signature" is a hash
//! of the text and of a name that stands for the key. Anyone can make one, so for tests alone; but a changed
//! byte, another key, another algorithm or another `typ` is found out, as it is by the real ones.

use crate::encryption;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::encryption::{Content, Encrypter, JweRejected, NotEncrypted, Recipient};
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::{ForeignJwt, JwtRejected, Sealer, Signer, TokenType};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::jwe::JweAlgorithm;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::public_jwk::PublicJwk;
use gatewright_protocol::registration::encryption::Encryption;
use serde_json::{Map, Value, json};

/// Stands for the server's keys: one a algorithm, its `kid` `test-<algorithm>`.
#[derive(Debug, Clone)]
pub struct TestSigner {
    algorithms: Vec<JwsAlgorithm>,
    default: JwsAlgorithm,
}

impl TestSigner {
    /// A signer with keys for `algorithms`, the first of which is the default.
    ///
    /// # Panics
    /// When there are none.
    pub fn new(algorithms: &[JwsAlgorithm]) -> Self {
        assert!(!algorithms.is_empty(), "a signer has a default algorithm");
        Self { algorithms: algorithms.to_vec(), default: algorithms[0] }
    }

    /// The same with another default, be there a key for it or not.
    #[must_use]
    pub fn defaulting_to(self, default: JwsAlgorithm) -> Self {
        Self { default, ..self }
    }
}

impl Default for TestSigner {
    fn default() -> Self {
        Self::new(&[JwsAlgorithm::ES256, JwsAlgorithm::RS256])
    }
}

impl Signer for TestSigner {
    fn sign(&self, algorithm: JwsAlgorithm, typ: TokenType, claims: &Map<String, Value>) -> Result<String, Fault> {
        if !self.algorithms.contains(&algorithm) {
            return Err(Fault::new("signing", format!("there is no {algorithm} key")));
        }
        let kid = format!("test-{algorithm}");
        Ok(compact(&json!({ "alg": algorithm, "typ": typ_word(typ), "kid": kid }), claims, &kid))
    }

    fn verify(&self, jwt: &str, typ: TokenType) -> Result<Map<String, Value>, JwtRejected> {
        let parts = Parts::read(jwt)?;
        if parts.header.get("typ").and_then(Value::as_str) != Some(typ_word(typ)) {
            return Err(JwtRejected::Malformed);
        }
        let algorithm = parts.algorithm(&self.algorithms)?;
        let kid = parts.kid().ok_or(JwtRejected::UnknownKey)?;
        if kid != format!("test-{algorithm}") {
            return Err(JwtRejected::UnknownKey);
        }
        parts.claims_signed_by(kid)
    }

    fn sign_with_secret(
        &self,
        secret: &SecretText,
        typ: TokenType,
        claims: &Map<String, Value>,
    ) -> Result<String, Fault> {
        Ok(compact(&json!({ "alg": JwsAlgorithm::HS256, "typ": typ_word(typ) }), claims, secret.expose()))
    }

    fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .algorithms
            .iter()
            .map(|algorithm| json!({ "kid": format!("test-{algorithm}"), "alg": algorithm, "use": "sig", "kty": "test" }))
            .collect();
        json!({ "keys": keys })
    }

    fn algorithms(&self) -> Vec<JwsAlgorithm> {
        self.algorithms.clone()
    }

    fn default_algorithm(&self) -> JwsAlgorithm {
        self.default
    }
}

impl Encrypter for TestSigner {
    fn encrypt(
        &self,
        text: &str,
        content: Content,
        how: Encryption,
        to: Recipient<'_>,
    ) -> Result<String, NotEncrypted> {
        encryption::encrypt(text, content, how, to)
    }

    fn decrypt(
        &self,
        jwe: &str,
        expected: Option<Encryption>,
        secret: Option<&SecretText>,
    ) -> Result<SecretText, JweRejected> {
        encryption::decrypt(jwe, expected, secret)
    }

    fn decryption_algorithms(&self) -> Vec<JweAlgorithm> {
        JweAlgorithm::ALL.iter().filter(|alg| !alg.is_symmetric()).copied().collect()
    }
}

/// A JWT as a client would sign it with the key `kid`; [`TestSigner`] accepts it against a JWKS that names
/// that `kid`.
pub fn client_jwt(kid: &str, algorithm: JwsAlgorithm, claims: &Map<String, Value>) -> String {
    compact(&json!({ "alg": algorithm, "kid": kid }), claims, kid)
}

/// A public key that stands for `name`: no point of any curve, so for [`TestSigner`] alone.
///
/// # Panics
/// When `name` is not base64url.
pub fn proof_key(name: &str) -> PublicJwk {
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": name, "y": name });
    PublicJwk::parse(&jwk).unwrap_or_else(|why| panic!("{name:?}: {why}"))
}

/// A DPoP proof by [`proof_key`], with more or other members in its header.
pub fn dpop_proof(name: &str, header: &Value, claims: &Map<String, Value>) -> String {
    let key = proof_key(name);
    let mut whole = json!({ "typ": "dpop+jwt", "alg": JwsAlgorithm::ES256, "jwk": key.to_map() });
    for (member, value) in header.as_object().into_iter().flatten() {
        whole[member] = value.clone();
    }
    compact(&whole, claims, key.thumbprint().as_str())
}

/// The same as [`client_jwt`] with a header of the test's own.
pub fn client_jwt_with(header: &Value, claims: &Map<String, Value>, kid: &str) -> String {
    compact(header, claims, kid)
}

/// A JWT as a client would sign it with its `client_secret` (HS256).
pub fn secret_jwt(secret: &str, claims: &Map<String, Value>) -> String {
    compact(&json!({ "alg": JwsAlgorithm::HS256 }), claims, secret)
}

/// A JWKS with one key of that `kid`.
pub fn client_jwks(kid: &str) -> Value {
    json!({ "keys": [{ "kid": kid, "kty": "test" }] })
}

/// The claims of a JWT, whoever signed it.
///
/// # Panics
/// When it is none.
pub fn claims_of(jwt: &str) -> Map<String, Value> {
    match Parts::read(jwt).and_then(|parts| parts.claims()) {
        Ok(claims) => claims,
        Err(why) => panic!("{jwt:?}: {why}"),
    }
}

impl ForeignJwt for TestSigner {
    fn verify_with_jwks(
        &self,
        jwt: &str,
        jwks: &Value,
        allowed: &[JwsAlgorithm],
    ) -> Result<Map<String, Value>, JwtRejected> {
        let parts = Parts::read(jwt)?;
        if parts.algorithm(allowed)? == JwsAlgorithm::HS256 {
            return Err(JwtRejected::Algorithm);
        }
        let kid = parts.kid().ok_or(JwtRejected::UnknownKey)?;
        let known = jwks["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key["kid"] == kid));
        if known { parts.claims_signed_by(kid) } else { Err(JwtRejected::UnknownKey) }
    }

    fn verify_with_key(
        &self,
        jwt: &str,
        key: &PublicJwk,
        algorithm: JwsAlgorithm,
    ) -> Result<Map<String, Value>, JwtRejected> {
        let parts = Parts::read(jwt)?;
        parts.algorithm(&[algorithm])?;
        parts.claims_signed_by(key.thumbprint().as_str())
    }

    fn verify_with_secret(&self, jwt: &str, secret: &SecretText) -> Result<Map<String, Value>, JwtRejected> {
        let parts = Parts::read(jwt)?;
        parts.algorithm(&[JwsAlgorithm::HS256])?;
        parts.claims_signed_by(secret.expose())
    }
}

impl Sealer for TestSigner {
    fn seal(&self, purpose: &str, secret: &SecretText) -> Result<String, Fault> {
        Ok(format!("sealed.{}.{}", encode(purpose), encode(secret.expose())))
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<SecretText, Fault> {
        let secret = sealed.strip_prefix(&format!("sealed.{}.", encode(purpose)));
        let bytes = secret.and_then(|secret| URL_SAFE_NO_PAD.decode(secret).ok());
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(SecretText::new)
            .ok_or_else(|| Fault::new("signing.sealer", "the text was not sealed for this purpose"))
    }

    fn keyed_digest(&self, purpose: &str, text: &str) -> String {
        TokenHash::of(&format!("{}.{}", encode(purpose), encode(text))).as_str().to_owned()
    }
}

fn typ_word(typ: TokenType) -> &'static str {
    match typ {
        TokenType::Jwt => "JWT",
        TokenType::AccessToken => "at+jwt",
        TokenType::Introspection => "token-introspection+jwt",
        TokenType::Logout => "logout+jwt",
    }
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn compact(header: &Value, claims: &Map<String, Value>, key: &str) -> String {
    let signed = format!("{}.{}", encode(&header.to_string()), encode(&Value::Object(claims.clone()).to_string()));
    let signature = mark(&signed, key);
    format!("{signed}.{signature}")
}

fn mark(signed: &str, key: &str) -> String {
    TokenHash::of(&format!("{signed}.{key}")).as_str().to_owned()
}

struct Parts<'t> {
    header: Value,
    signed: &'t str,
    claims: &'t str,
    signature: &'t str,
}

impl<'t> Parts<'t> {
    fn read(jwt: &'t str) -> Result<Self, JwtRejected> {
        let (signed, signature) = jwt.rsplit_once('.').ok_or(JwtRejected::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtRejected::Malformed)?;
        Ok(Self { header: decode(header)?, signed, claims, signature })
    }

    fn algorithm(&self, allowed: &[JwsAlgorithm]) -> Result<JwsAlgorithm, JwtRejected> {
        let named = self.header["alg"].as_str().and_then(|alg| JwsAlgorithm::try_from(alg).ok());
        named.filter(|algorithm| allowed.contains(algorithm)).ok_or(JwtRejected::Algorithm)
    }

    fn kid(&self) -> Option<&str> {
        self.header["kid"].as_str()
    }

    fn claims(&self) -> Result<Map<String, Value>, JwtRejected> {
        match decode(self.claims)? {
            Value::Object(claims) => Ok(claims),
            _ => Err(JwtRejected::Malformed),
        }
    }

    fn claims_signed_by(&self, key: &str) -> Result<Map<String, Value>, JwtRejected> {
        if self.signature == mark(self.signed, key) { self.claims() } else { Err(JwtRejected::Signature) }
    }
}

fn decode(part: &str) -> Result<Value, JwtRejected> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtRejected::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtRejected::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Map<String, Value> {
        json!({ "sub": "alice" }).as_object().unwrap().clone()
    }

    #[test]
    fn a_jwt_is_accepted_for_its_own_type_and_untouched() {
        let signer = TestSigner::default();
        let jwt = signer.sign(JwsAlgorithm::ES256, TokenType::AccessToken, &claims()).unwrap();
        assert_eq!(signer.verify(&jwt, TokenType::AccessToken).unwrap(), claims());
        assert_eq!(signer.verify(&jwt, TokenType::Jwt), Err(JwtRejected::Malformed));
        assert_eq!(signer.verify(&format!("{jwt}x"), TokenType::AccessToken), Err(JwtRejected::Signature));
        assert_eq!(signer.verify("a.b", TokenType::AccessToken), Err(JwtRejected::Malformed));
        let narrow = TestSigner::new(&[JwsAlgorithm::RS256]);
        assert_eq!(narrow.verify(&jwt, TokenType::AccessToken), Err(JwtRejected::Algorithm));
        assert!(narrow.sign(JwsAlgorithm::ES256, TokenType::Jwt, &claims()).is_err());
    }

    #[test]
    fn a_clients_jwt_is_accepted_with_its_own_key_alone() {
        let signer = TestSigner::default();
        let jwt = client_jwt("c1", JwsAlgorithm::ES256, &claims());
        let allowed = [JwsAlgorithm::ES256, JwsAlgorithm::HS256];
        assert_eq!(signer.verify_with_jwks(&jwt, &client_jwks("c1"), &allowed).unwrap(), claims());
        assert_eq!(signer.verify_with_jwks(&jwt, &client_jwks("c2"), &allowed), Err(JwtRejected::UnknownKey));
        let symmetric = client_jwt("c1", JwsAlgorithm::HS256, &claims());
        assert_eq!(signer.verify_with_jwks(&symmetric, &client_jwks("c1"), &allowed), Err(JwtRejected::Algorithm));
        let jwt = secret_jwt("s1", &claims());
        assert_eq!(signer.verify_with_secret(&jwt, &SecretText::new("s1")).unwrap(), claims());
        assert_eq!(signer.verify_with_secret(&jwt, &SecretText::new("s2")), Err(JwtRejected::Signature));
        assert_eq!(claims_of(&jwt), claims());
    }

    #[test]
    fn a_sealed_secret_opens_for_its_purpose_alone() {
        let signer = TestSigner::default();
        let sealed = signer.seal("client", &SecretText::new("s")).unwrap();
        assert_eq!(signer.open("client", &sealed).unwrap().expose(), "s");
        assert!(signer.open("key", &sealed).is_err());
        assert_eq!(signer.keyed_digest("a", "b"), signer.keyed_digest("a", "b"));
        assert_ne!(signer.keyed_digest("a", "bc"), signer.keyed_digest("ab", "c"));
    }
}
