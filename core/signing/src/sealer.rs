//! Sealing of small secrets at rest: AES-256-GCM (NIST SP 800-38D) under keys derived from the master key.

use crate::mac::{DIGEST_BYTES, hkdf_sha256, hmac_sha256};
use crate::master_key::MasterKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Largest secret that is sealed, in bytes.
pub const SEALED_BYTES_MAX: usize = 64 * 1024;

const PLACE: &str = "signing.sealer";
/// Leads every sealed text, so that another scheme can be told from this one.
const VERSION: &str = "v1.";
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const SALT: &[u8] = b"gatewright";

/// Seals under the master key. Each kind of purpose (the purpose up to its first `/`) has a key of its own, and the
/// whole purpose is authenticated with the text, so what was sealed for one row opens for no other.
pub struct MasterSealer {
    master: MasterKey,
    entropy: Arc<dyn Entropy>,
}

impl MasterSealer {
    /// A sealer under `master`, drawing nonces from `entropy`.
    pub fn new(master: MasterKey, entropy: Arc<dyn Entropy>) -> Self {
        Self { master, entropy }
    }

    fn key(&self, usage: &[u8], purpose: &str) -> Zeroizing<[u8; DIGEST_BYTES]> {
        let kind = purpose.split('/').next().unwrap_or_default();
        hkdf_sha256(self.master.bytes(), SALT, &[usage, kind.as_bytes()])
    }

    fn seal_key(&self, purpose: &str) -> Zeroizing<[u8; DIGEST_BYTES]> {
        self.key(b"seal v1 ", purpose)
    }
}

impl Sealer for MasterSealer {
    fn seal(&self, purpose: &str, secret: &SecretText) -> Result<String, Fault> {
        let text = secret.expose().as_bytes();
        if text.len() > SEALED_BYTES_MAX {
            return Err(Fault::new(PLACE, format!("a secret over {SEALED_BYTES_MAX} bytes is not sealed")));
        }
        let mut nonce = [0u8; NONCE_BYTES];
        self.entropy.fill(&mut nonce);
        let mut tag = [0u8; TAG_BYTES];
        let key = self.seal_key(purpose);
        let cipher = Cipher::aes_256_gcm();
        let sealed = encrypt_aead(cipher, key.as_slice(), Some(&nonce), purpose.as_bytes(), text, &mut tag)
            .map_err(|error| Fault::caused(PLACE, error))?;
        Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode([&nonce, sealed.as_slice(), &tag].concat())))
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<SecretText, Fault> {
        let text = sealed.strip_prefix(VERSION).ok_or_else(|| unreadable(purpose))?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable(purpose))?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(|| unreadable(purpose))?;
        let (body, tag) = rest
            .len()
            .checked_sub(TAG_BYTES)
            .and_then(|body| rest.split_at_checked(body))
            .ok_or_else(|| unreadable(purpose))?;
        let key = self.seal_key(purpose);
        let cipher = Cipher::aes_256_gcm();
        let opened = decrypt_aead(cipher, key.as_slice(), Some(nonce), purpose.as_bytes(), body, tag)
            .map_err(|_| unreadable(purpose))?;
        let opened = Zeroizing::new(opened);
        let text = std::str::from_utf8(&opened).map_err(|_| unreadable(purpose))?;
        Ok(SecretText::new(text))
    }

    fn keyed_digest(&self, purpose: &str, text: &str) -> String {
        let key = self.key(b"digest v1 ", purpose);
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        let length = (purpose.len() as u64).to_be_bytes();
        let digest = hmac_sha256(key.as_slice(), &[&length, purpose.as_bytes(), text.as_bytes()]);
        URL_SAFE_NO_PAD.encode(digest)
    }
}

impl fmt::Debug for MasterSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSealer(…)")
    }
}

/// One fault for every way a text can fail to open: which it was would help only an attacker.
fn unreadable(purpose: &str) -> Fault {
    Fault::new(PLACE, format!("what is sealed as {purpose} does not open: another master key, or altered"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_testing::entropy::SeededEntropy;
    use std::collections::BTreeSet;

    fn sealer_with(byte: u8) -> MasterSealer {
        let key = SecretText::new(base64::engine::general_purpose::STANDARD.encode([byte; 32]));
        MasterSealer::new(MasterKey::from_base64(&key).unwrap(), Arc::new(SeededEntropy::default()))
    }

    fn sealer() -> MasterSealer {
        sealer_with(7)
    }

    #[test]
    fn what_was_sealed_opens_for_its_purpose_and_no_other() {
        let sealed = sealer().seal("client/a", &SecretText::new("s3cr3t")).unwrap();
        assert_eq!(sealer().open("client/a", &sealed).unwrap().expose(), "s3cr3t");
        for purpose in ["client/b", "client", "key/a", ""] {
            assert!(sealer().open(purpose, &sealed).is_err(), "{purpose}");
        }
        assert!(sealer_with(8).open("client/a", &sealed).is_err(), "another master key");
    }

    #[test]
    fn an_altered_text_does_not_open() {
        let sealed = sealer().seal("client/a", &SecretText::new("s3cr3t")).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&sealed[VERSION.len()..]).unwrap();
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            let text = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(altered));
            assert!(sealer().open("client/a", &text).is_err(), "byte {place}");
        }
        for length in 0..bytes.len() {
            let text = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(&bytes[..length]));
            assert!(sealer().open("client/a", &text).is_err(), "cut to {length} bytes");
        }
        for text in ["", "v1.", "v1.*", "v2.AAAA", &sealed[VERSION.len()..]] {
            assert!(sealer().open("client/a", text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_two_sealed_texts_are_alike_and_none_shows_the_secret() {
        let sealer = sealer();
        let texts: BTreeSet<String> =
            (0..100).map(|_| sealer.seal("client/a", &SecretText::new("s3cr3t")).unwrap()).collect();
        assert_eq!(texts.len(), 100);
        let bytes = URL_SAFE_NO_PAD.decode(&texts.first().unwrap()[VERSION.len()..]).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"s3cr3t"));
        assert_eq!(format!("{sealer:?}"), "MasterSealer(…)");
    }

    #[test]
    fn the_empty_and_the_largest_secret_are_sealed_and_no_larger() {
        let sealer = sealer();
        for length in [0, SEALED_BYTES_MAX] {
            let secret = SecretText::new("x".repeat(length));
            let sealed = sealer.seal("p", &secret).unwrap();
            assert_eq!(sealer.open("p", &sealed).unwrap().expose().len(), length);
        }
        assert!(sealer.seal("p", &SecretText::new("x".repeat(SEALED_BYTES_MAX + 1))).is_err());
    }

    #[test]
    fn a_keyed_digest_depends_on_key_purpose_and_text_and_on_nothing_else() {
        let digest = sealer().keyed_digest("pairwise/a.example", "subject");
        assert_eq!(digest, sealer().keyed_digest("pairwise/a.example", "subject"));
        assert_eq!(digest.len(), 43, "256 bits as base64url");
        let others = [
            sealer().keyed_digest("pairwise/b.example", "subject"),
            sealer().keyed_digest("pairwise/a.example", "Subject"),
            sealer().keyed_digest("pairwise/a.exampl", "esubject"),
            sealer().keyed_digest("page/a.example", "subject"),
            sealer_with(8).keyed_digest("pairwise/a.example", "subject"),
        ];
        assert!(!others.contains(&digest));
    }
}
