//! The keys that plugins are signed with: Ed25519 (RFC 8032), as PEM files that `openssl pkey` reads and writes (PKCS #8,
//! RFC 5958; SubjectPublicKeyInfo, RFC 5280 4.1.2.7).

use gatewright_domain::plugin_key::{PluginKey, SIGNATURE_BYTES, SignatureVerifier};
use openssl::error::ErrorStack;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private};
use openssl::sign::{Signer, Verifier};
use std::fmt;
use zeroize::Zeroizing;

/// A private key.
pub struct PluginSigner(PKey<Private>);

/// A PEM file that cannot be used, or a key that cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PluginKeyError {
    /// No private key in PEM.
    #[error("this is no private key in PEM")]
    NoPrivateKey,
    /// A private key under a passphrase.
    #[error("the private key is encrypted under a passphrase")]
    Encrypted,
    /// No public key in PEM.
    #[error("this is no public key in PEM")]
    NoPublicKey,
    /// A key of another algorithm.
    #[error("this is no key of Ed25519")]
    Algorithm,
    /// The crypto library cannot.
    #[error("the crypto library cannot do it")]
    Library,
}

impl From<ErrorStack> for PluginKeyError {
    fn from(_: ErrorStack) -> Self {
        // What OpenSSL says is of no use to anyone, and may repeat what it was given.
        Self::Library
    }
}

impl PluginSigner {
    /// A new key. OpenSSL's generator is the source of randomness.
    ///
    /// # Errors
    /// The crypto library cannot.
    pub fn generate() -> Result<Self, PluginKeyError> {
        Ok(Self(PKey::generate_ed25519()?))
    }

    /// Reads a private key.
    ///
    /// # Errors
    /// It is none, is encrypted, or of another algorithm.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PluginKeyError> {
        let mut is_encrypted = false;
        // Without this OpenSSL would ask at the terminal.
        let key = PKey::private_key_from_pem_callback(pem, |_| {
            is_encrypted = true;
            Err(ErrorStack::get())
        });
        match key {
            Ok(key) if key.id() == Id::ED25519 => Ok(Self(key)),
            Ok(_) => Err(PluginKeyError::Algorithm),
            Err(_) if is_encrypted => Err(PluginKeyError::Encrypted),
            Err(_) => Err(PluginKeyError::NoPrivateKey),
        }
    }

    /// The private key as PEM.
    ///
    /// # Errors
    /// The crypto library cannot.
    pub fn to_pem(&self) -> Result<Zeroizing<Vec<u8>>, PluginKeyError> {
        Ok(Zeroizing::new(self.0.private_key_to_pem_pkcs8()?))
    }

    /// The public key as PEM.
    ///
    /// # Errors
    /// The crypto library cannot.
    pub fn public_pem(&self) -> Result<Vec<u8>, PluginKeyError> {
        Ok(self.0.public_key_to_pem()?)
    }

    /// The public key.
    ///
    /// # Errors
    /// The crypto library cannot.
    pub fn public(&self) -> Result<PluginKey, PluginKeyError> {
        public(&self.0)
    }

    /// Its signature over `message`.
    ///
    /// # Errors
    /// The crypto library cannot.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_BYTES], PluginKeyError> {
        let signature = Signer::new_without_digest(&self.0)?.sign_oneshot_to_vec(message)?;
        signature.try_into().map_err(|_| PluginKeyError::Library)
    }
}

impl fmt::Debug for PluginSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PluginSigner(…)")
    }
}

/// Reads a public key.
///
/// # Errors
/// It is none, or of another algorithm.
pub fn plugin_key_from_pem(pem: &[u8]) -> Result<PluginKey, PluginKeyError> {
    let key = PKey::public_key_from_pem(pem).map_err(|_| PluginKeyError::NoPublicKey)?;
    if key.id() == Id::ED25519 { public(&key) } else { Err(PluginKeyError::Algorithm) }
}

fn public(key: &PKeyRef<impl HasPublic>) -> Result<PluginKey, PluginKeyError> {
    let bytes = key.raw_public_key()?;
    bytes.try_into().map(PluginKey::new).map_err(|_| PluginKeyError::Library)
}

/// Checks signatures of plugins.
#[derive(Debug, Clone, Copy, Default)]
pub struct PluginVerifier;

impl SignatureVerifier for PluginVerifier {
    fn holds(&self, key: &PluginKey, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        let verified = PKey::public_key_from_raw_bytes(key.bytes(), Id::ED25519)
            .and_then(|key| Verifier::new_without_digest(&key)?.verify_oneshot(signature, message));
        verified.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::rsa::Rsa;
    use openssl::symm::Cipher;

    /// The private key of RFC 8410 10.3 and its public key of 10.1.
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_keys_of_rfc_8410_are_read_and_written_as_they_stand_there() {
        let signer = PluginSigner::from_pem(PRIVATE.as_bytes()).unwrap();
        assert_eq!(signer.to_pem().unwrap().as_slice(), PRIVATE.as_bytes());
        assert_eq!(signer.public_pem().unwrap(), PUBLIC.as_bytes());
        let public = plugin_key_from_pem(PUBLIC.as_bytes()).unwrap();
        assert_eq!(signer.public().unwrap(), public);
        assert!(PUBLIC.lines().nth(1) == Some(&public.to_string()), "its text is the line in the file");
    }

    #[test]
    fn a_signature_holds_for_its_key_and_its_message_alone() {
        let signer = PluginSigner::generate().unwrap();
        let (key, signature) = (signer.public().unwrap(), signer.sign(b"statement").unwrap());
        assert!(PluginVerifier.holds(&key, b"statement", &signature));
        assert!(!PluginVerifier.holds(&key, b"Statement", &signature));
        let other = PluginSigner::generate().unwrap().public().unwrap();
        assert!(!PluginVerifier.holds(&other, b"statement", &signature));
        for place in [0, 31, 32, 63] {
            let mut altered = signature;
            altered[place] ^= 1;
            assert!(!PluginVerifier.holds(&key, b"statement", &altered), "{place}");
        }
        assert!(!PluginVerifier.holds(&PluginKey::new([0xff; 32]), b"statement", &signature), "no point of the curve");
    }

    #[test]
    fn what_is_no_key_of_ed25519_is_refused_by_what_it_is() {
        let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let read = |pem: &[u8]| PluginSigner::from_pem(pem).map(drop);
        assert_eq!(read(&rsa.private_key_to_pem_pkcs8().unwrap()), Err(PluginKeyError::Algorithm));
        assert_eq!(plugin_key_from_pem(&rsa.public_key_to_pem().unwrap()), Err(PluginKeyError::Algorithm));
        assert_eq!(read(PUBLIC.as_bytes()), Err(PluginKeyError::NoPrivateKey));
        assert_eq!(plugin_key_from_pem(PRIVATE.as_bytes()), Err(PluginKeyError::NoPublicKey));
        let signer = PluginSigner::generate().unwrap();
        let encrypted = signer.0.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"hush").unwrap();
        assert_eq!(read(&encrypted), Err(PluginKeyError::Encrypted));
        assert_eq!(format!("{signer:?}"), "PluginSigner(…)");
    }
}
