//! Signatures verified and made without any code of the server's: OpenSSL's keys, and the JSON around them by hand
//! (RFC 7515 5, RFC 7518 3).

use super::jwt;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::{Value, json};

/// Bytes of a coordinate of P-256, and of each half of an ES256 signature.
const P256_BYTES: i32 = 32;

/// The claims of a JWT whose RS256 signature is by the key of its `kid`.
pub fn verified_rs256(jwks: &Value, jwt: &str) -> Value {
    assert!(is_rs256_by(jwks, jwt), "the signature does not hold: {jwt}");
    jwt::claims(jwt)
}

/// Whether the RS256 signature of a JWT is by the key of its `kid`.
pub fn is_rs256_by(jwks: &Value, jwt: &str) -> bool {
    let header = jwt::header(jwt);
    assert_eq!(header["alg"], "RS256");
    let keys = jwks["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == header["kid"]);
    let key = key.unwrap_or_else(|| panic!("no key {} in {jwks}", header["kid"]));
    let number = |member: &str| BigNum::from_slice(&decoded(key[member].as_str().unwrap())).unwrap();
    let key = PKey::from_rsa(Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap();
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
    verifier.verify_oneshot(&decoded(signature), signed.as_bytes()).unwrap()
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A key pair on P-256, as a client has one for `private_key_jwt`.
pub struct ClientKey(EcKey<Private>);

impl ClientKey {
    pub fn generate() -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self(EcKey::generate(&group).unwrap())
    }

    /// Its public half as a key set.
    pub fn jwks(&self) -> Value {
        let mut context = BigNumContext::new().unwrap();
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        self.0.public_key().affine_coordinates(self.0.group(), &mut x, &mut y, &mut context).unwrap();
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": coordinate(&x), "y": coordinate(&y) }] })
    }

    /// These claims, signed with ES256.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_under(&json!({ "alg": "ES256", "kid": "k1", "typ": "JWT" }), &claims.to_string())
    }

    /// This payload under this header, signed with ES256 whatever the header says.
    pub fn sign_under(&self, header: &Value, payload: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
        let signature = EcdsaSig::sign(&openssl::sha::sha256(signed.as_bytes()), &self.0).unwrap();
        let mut halves = signature.r().to_vec_padded(P256_BYTES).unwrap();
        halves.extend(signature.s().to_vec_padded(P256_BYTES).unwrap());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(halves))
    }
}

fn coordinate(number: &BigNum) -> String {
    URL_SAFE_NO_PAD.encode(number.to_vec_padded(P256_BYTES).unwrap())
}

/// These claims, keyed with a client's secret (HS256).
pub fn hs256(secret: &str, claims: &Value) -> String {
    hs256_under(secret, &json!({ "alg": "HS256", "typ": "JWT" }), claims)
}

/// These claims under this header, keyed with a secret whatever the header says.
pub fn hs256_under(secret: &str, header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let key = PKey::hmac(secret.as_bytes()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap()))
}

/// An RSA key pair, for what must not be signed with one.
pub struct RsaClientKey(Rsa<Private>);

impl RsaClientKey {
    pub fn generate() -> Self {
        Self(Rsa::generate(2048).unwrap())
    }

    /// Its public half, for any algorithm of RSA.
    pub fn jwk(&self) -> Value {
        let number = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec());
        json!({ "kty": "RSA", "use": "sig", "kid": "rsa", "n": number(self.0.n()), "e": number(self.0.e()) })
    }

    /// This header and these claims, signed with RS256.
    pub fn sign_under(&self, header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let key = PKey::from_rsa(self.0.clone()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap()))
    }
}
