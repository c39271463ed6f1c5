//! One key pair of the server's that clients encrypt to: made, read from its sealed JWK, then decrypting.

use super::agreement::{agreed, point, wrapping_bytes};
use super::compact::Compact;
use super::content::{drawn_key, key_bytes};
use super::wrapping::{aes_unwrap, oaep_decrypt};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::secret::SecretText;
use gatewright_protocol::jwe::EncryptionKey;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jwk::{Jwk, KeyPair};
use openssl::pkey::{PKey, Private};
use serde_json::Value;
use std::fmt;
use zeroize::Zeroizing;

const PLACE: &str = "signing.keys";
/// Size of the RSA keys made here.
const RSA_BITS: u32 = 2048;
/// Most keys that one JWE is tried with, where it names none.
pub const KEYS_TRIED_MAX: usize = 4;

/// A key ready for use.
pub(crate) struct DecryptionKey {
    kind: EncryptionKey,
    private: PKey<Private>,
    public_jwk: Value,
}

impl DecryptionKey {
    /// Makes a private key, as JWK text. RSA takes some tenths of a second: call it off the async threads.
    ///
    /// # Errors
    /// A fault of the crypto library.
    pub fn generate_jwk(id: &KeyId, kind: EncryptionKey) -> Result<SecretText, Fault> {
        let made = match kind {
            EncryptionKey::Rsa => Jwk::generate_rsa_key(RSA_BITS),
            EncryptionKey::Ec => Jwk::generate_ec_key(EcCurve::P256),
        };
        let mut jwk = made.map_err(|error| Fault::caused(PLACE, error))?;
        name(&mut jwk, id, kind);
        Ok(SecretText::new(jwk.to_string()))
    }

    /// Reads a private JWK.
    ///
    /// # Errors
    /// A fault that names the key but repeats nothing of it.
    pub fn parse(id: &KeyId, kind: EncryptionKey, jwk: &SecretText) -> Result<Self, Fault> {
        Self::read(id, kind, jwk).ok_or_else(|| Fault::new(PLACE, format!("the {kind} key {id} cannot be read")))
    }

    fn read(id: &KeyId, kind: EncryptionKey, jwk: &SecretText) -> Option<Self> {
        let jwk = Jwk::from_bytes(jwk.expose()).ok()?;
        let der = Zeroizing::new(match kind {
            EncryptionKey::Rsa => RsaKeyPair::from_jwk(&jwk).ok()?.to_der_private_key(),
            EncryptionKey::Ec => EcKeyPair::from_jwk(&jwk).ok()?.to_der_private_key(),
        });
        let private = PKey::private_key_from_der(&der).ok()?;
        let mut public = jwk.to_public_key().ok()?;
        name(&mut public, id, kind);
        Some(Self { kind, private, public_jwk: Value::Object(public.into()) })
    }

    /// The public key as `/jwks` shows it.
    pub fn public_jwk(&self) -> &Value {
        &self.public_jwk
    }

    /// The content key of a JWE that was encrypted to this key. For any other it is one drawn at random, so that how a
    /// JWE fails is not told apart (RFC 7516 11.5).
    pub(super) fn content_key(&self, jwe: &Compact<'_>) -> Zeroizing<Vec<u8>> {
        let drawn = drawn_key(jwe.how.enc).unwrap_or_default();
        self.delivered(jwe).filter(|key| key.len() == key_bytes(jwe.how.enc)).unwrap_or(drawn)
    }

    fn delivered(&self, jwe: &Compact<'_>) -> Option<Zeroizing<Vec<u8>>> {
        if jwe.how.alg.key() != Some(self.kind) {
            return None;
        }
        if self.kind == EncryptionKey::Rsa {
            return oaep_decrypt(&self.private, &jwe.encrypted_key).ok();
        }
        let (theirs, _) = point(jwe.epk.as_ref()?)?;
        let [apu, apv] = &jwe.parties;
        // OpenSSL refuses a peer on another curve than the key's.
        let agreed = agreed(&self.private, &theirs, jwe.how, [apu, apv]).ok()?;
        match wrapping_bytes(jwe.how.alg) {
            None => jwe.encrypted_key.is_empty().then_some(agreed),
            Some(_) => aes_unwrap(&agreed, &jwe.encrypted_key, key_bytes(jwe.how.enc)),
        }
    }
}

/// An RSA key is for one algorithm; a point is for all that agree upon a key, and so says none.
fn name(jwk: &mut Jwk, id: &KeyId, kind: EncryptionKey) {
    jwk.set_key_id(id.as_str());
    jwk.set_key_use("enc");
    if kind == EncryptionKey::Rsa {
        jwk.set_algorithm(kind.as_str());
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecryptionKey({})", self.kind)
    }
}
