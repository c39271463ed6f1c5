//! One key of the server's: made, read from its sealed JWK, and then signing and verifying (RFC 7515, 7517, 8037).
//!
//! Parsing a key costs as much as sixteen signatures, so the josekit signer and verifier are built once and kept; the
//! JWS header too never changes for a key and is encoded once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::TokenType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ed::EdCurve;
use josekit::jws::{ES256, EdDSA, JwsSigner, JwsVerifier, PS256, RS256};
use serde_json::{Map, Value, json};
use std::fmt;

const PLACE: &str = "signing.keys";
/// Size of the RSA keys made here (NIST SP 800-57: enough until 2030, and what clients expect).
const RSA_BITS: u32 = 2048;

/// A key ready for use.
pub(crate) struct SigningKey {
    id: KeyId,
    algorithm: JwsAlgorithm,
    signer: Box<dyn JwsSigner>,
    verifier: Box<dyn JwsVerifier>,
    public_jwk: Value,
    jwt_header: String,
    access_token_header: String,
    introspection_header: String,
    logout_header: String,
}

/// Makes a private key for `algorithm`, as JWK text with `kid`, `alg` and `use`. OpenSSL's generator is the source of
/// randomness. RSA takes some tenths of a second: call it off the async threads.
///
/// # Errors
/// A fault of the crypto library, or when the algorithm has no key pairs (HS256).
pub(crate) fn generate_jwk(id: &KeyId, algorithm: JwsAlgorithm) -> Result<SecretText, Fault> {
    let made = match algorithm {
        JwsAlgorithm::ES256 => Jwk::generate_ec_key(EcCurve::P256),
        JwsAlgorithm::EdDSA => Jwk::generate_ed_key(EdCurve::Ed25519),
        JwsAlgorithm::RS256 | JwsAlgorithm::PS256 => Jwk::generate_rsa_key(RSA_BITS),
        JwsAlgorithm::HS256 => {
            return Err(Fault::new(
                PLACE,
                "HS256 signs with a client's secret; the server has no key of its own for it",
            ));
        }
    };
    let mut jwk = made.map_err(|error| Fault::caused(PLACE, error))?;
    name(&mut jwk, id, algorithm);
    Ok(SecretText::new(jwk.to_string()))
}

fn name(jwk: &mut Jwk, id: &KeyId, algorithm: JwsAlgorithm) {
    jwk.set_key_id(id.as_str());
    jwk.set_algorithm(algorithm.as_str());
    jwk.set_key_use("sig");
}

impl SigningKey {
    /// Reads a private JWK and builds what signs and verifies with it.
    ///
    /// # Errors
    /// A fault that names the key but repeats nothing of it.
    pub fn parse(id: &KeyId, algorithm: JwsAlgorithm, jwk: &SecretText) -> Result<Self, Fault> {
        Self::read(id, algorithm, jwk)
            .ok_or_else(|| Fault::new(PLACE, format!("the {algorithm} key {id} cannot be read")))
    }

    fn read(id: &KeyId, algorithm: JwsAlgorithm, jwk: &SecretText) -> Option<Self> {
        let jwk = Jwk::from_bytes(jwk.expose()).ok()?;
        let mut public = jwk.to_public_key().ok()?;
        name(&mut public, id, algorithm);
        Some(Self {
            id: id.clone(),
            algorithm,
            signer: signer(algorithm, &jwk)?,
            verifier: verifier(algorithm, &public)?,
            jwt_header: header(id, algorithm, TokenType::Jwt),
            access_token_header: header(id, algorithm, TokenType::AccessToken),
            introspection_header: header(id, algorithm, TokenType::Introspection),
            logout_header: header(id, algorithm, TokenType::Logout),
            public_jwk: Value::Object(public.into()),
        })
    }

    /// What it signs with.
    pub fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// The public key as `/jwks` shows it.
    pub fn public_jwk(&self) -> &Value {
        &self.public_jwk
    }

    /// A compact JWT of `claims`.
    ///
    /// # Errors
    /// A fault of the crypto library.
    pub fn sign(&self, typ: TokenType, claims: &Map<String, Value>) -> Result<String, Fault> {
        let payload = serde_json::to_vec(claims).map_err(|error| Fault::caused(PLACE, error))?;
        let header = match typ {
            TokenType::Jwt => &self.jwt_header,
            TokenType::AccessToken => &self.access_token_header,
            TokenType::Introspection => &self.introspection_header,
            TokenType::Logout => &self.logout_header,
        };
        let bytes = payload.len() + self.signer.signature_len();
        let mut jwt = String::with_capacity(header.len() + bytes.div_ceil(3) * 4 + 4);
        jwt.push_str(header);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut jwt);
        let signature = self.signer.sign(jwt.as_bytes()).map_err(|error| Fault::caused(PLACE, error))?;
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut jwt);
        Ok(jwt)
    }

    /// Whether `signature` is this key's over `signed`.
    pub fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.verifier.verify(signed, signature).is_ok()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm, self.id)
    }
}

/// The `typ` that a kind of token carries (RFC 7519 5.1, RFC 9068 2.1, Back-Channel Logout 1.0, 2.4).
pub(crate) fn typ_of(typ: TokenType) -> &'static str {
    match typ {
        TokenType::Jwt => "JWT",
        TokenType::AccessToken => "at+jwt",
        TokenType::Introspection => "token-introspection+jwt",
        TokenType::Logout => "logout+jwt",
    }
}

fn header(id: &KeyId, algorithm: JwsAlgorithm, typ: TokenType) -> String {
    let header = json!({ "alg": algorithm.as_str(), "typ": typ_of(typ), "kid": id.as_str() });
    URL_SAFE_NO_PAD.encode(header.to_string())
}

fn signer(algorithm: JwsAlgorithm, jwk: &Jwk) -> Option<Box<dyn JwsSigner>> {
    Some(match algorithm {
        JwsAlgorithm::ES256 => Box::new(ES256.signer_from_jwk(jwk).ok()?),
        JwsAlgorithm::EdDSA => Box::new(EdDSA.signer_from_jwk(jwk).ok()?),
        JwsAlgorithm::RS256 => Box::new(RS256.signer_from_jwk(jwk).ok()?),
        JwsAlgorithm::PS256 => Box::new(PS256.signer_from_jwk(jwk).ok()?),
        JwsAlgorithm::HS256 => return None,
    })
}

/// What verifies `algorithm` with a public JWK; nothing when the two do not fit, and nothing for HS256. Why they do
/// not fit is left unsaid: the library's message could repeat parts of a key.
pub(crate) fn verifier(algorithm: JwsAlgorithm, jwk: &Jwk) -> Option<Box<dyn JwsVerifier>> {
    Some(match algorithm {
        JwsAlgorithm::ES256 => Box::new(ES256.verifier_from_jwk(jwk).ok()?),
        JwsAlgorithm::EdDSA => Box::new(EdDSA.verifier_from_jwk(jwk).ok()?),
        JwsAlgorithm::RS256 => Box::new(RS256.verifier_from_jwk(jwk).ok()?),
        JwsAlgorithm::PS256 => Box::new(PS256.verifier_from_jwk(jwk).ok()?),
        JwsAlgorithm::HS256 => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::PAIRED;
    use gatewright_testing::entropy::SeededEntropy;

    fn made(algorithm: JwsAlgorithm) -> SigningKey {
        let id = KeyId::draw(&SeededEntropy::default());
        SigningKey::parse(&id, algorithm, &generate_jwk(&id, algorithm).unwrap()).unwrap()
    }

    #[test]
    fn coordinates_of_elliptic_keys_are_always_whole() {
        // RFC 7518 6.2.1.2: leading zero octets are kept. One coordinate in 256 begins with one.
        let id = KeyId::parse("k").unwrap();
        let mut zeros = 0;
        for _ in 0..600 {
            let jwk = generate_jwk(&id, JwsAlgorithm::ES256).unwrap();
            let jwk: Value = serde_json::from_str(jwk.expose()).unwrap();
            for member in ["x", "y", "d"] {
                let bytes = URL_SAFE_NO_PAD.decode(jwk[member].as_str().unwrap()).unwrap();
                assert_eq!(bytes.len(), 32, "{member}");
                zeros += usize::from(bytes[0] == 0);
            }
        }
        assert!(zeros > 0, "the sample held the case it is for");
    }

    #[test]
    fn signatures_have_the_length_rfc_7518_and_8037_say() {
        for (algorithm, bytes) in PAIRED.into_iter().zip([64, 64, 256, 256]) {
            let key = made(algorithm);
            for _ in 0..50 {
                let jwt = key.sign(TokenType::Jwt, &Map::new()).unwrap();
                let (signed, signature) = jwt.rsplit_once('.').unwrap();
                let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
                assert_eq!(signature.len(), bytes, "{algorithm}");
                assert!(key.verifies(signed.as_bytes(), &signature), "{algorithm}");
            }
        }
    }

    #[test]
    fn signatures_out_of_form_do_not_verify_and_do_not_panic() {
        for algorithm in PAIRED {
            let key = made(algorithm);
            for signature in [vec![], vec![0], vec![0; 64], vec![0xff; 64], vec![0; 256], vec![0xff; 256], vec![7; 999]]
            {
                assert!(!key.verifies(b"signed", &signature), "{algorithm} {}", signature.len());
            }
        }
    }

    #[test]
    fn a_key_of_another_algorithm_is_not_read() {
        let id = KeyId::parse("k").unwrap();
        let elliptic = generate_jwk(&id, JwsAlgorithm::ES256).unwrap();
        for algorithm in [JwsAlgorithm::RS256, JwsAlgorithm::EdDSA, JwsAlgorithm::HS256] {
            assert!(SigningKey::parse(&id, algorithm, &elliptic).is_err(), "{algorithm}");
        }
        let fault = SigningKey::parse(&id, JwsAlgorithm::ES256, &SecretText::new(r#"{"kty":"EC","d":"s3cr3t"}"#));
        assert!(!fault.unwrap_err().to_string().contains("s3cr3t"), "a fault repeats nothing of a key");
        assert!(generate_jwk(&id, JwsAlgorithm::HS256).is_err());
    }

    #[test]
    fn the_public_key_has_no_private_member() {
        for algorithm in PAIRED {
            let key = made(algorithm);
            let members = key.public_jwk().as_object().unwrap();
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(!members.contains_key(private), "{algorithm} {private}");
            }
            assert_eq!(members["kid"], key.id.as_str());
            assert_eq!((&members["alg"], &members["use"]), (&json!(algorithm.as_str()), &json!("sig")));
            assert_eq!(format!("{key:?}"), format!("SigningKey({algorithm} {})", key.id));
        }
    }
}
