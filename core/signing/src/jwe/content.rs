//! Content encryption (RFC 7518 5): AES-CBC with HMAC-SHA-2, and AES-GCM.

use gatewright_protocol::jwe::JweEncryption;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::rand::rand_bytes;
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt, decrypt_aead, encrypt, encrypt_aead};
use zeroize::Zeroizing;

/// Bytes of a GCM tag. A shorter one, which OpenSSL would take, is easily forged.
const GCM_TAG_BYTES: usize = 16;

/// Encrypted content.
pub(crate) struct Sealed {
    pub iv: Vec<u8>,
    pub ciphertext: Vec<u8>,
    pub tag: Vec<u8>,
}

/// Bytes of a content key.
pub(crate) const fn key_bytes(enc: JweEncryption) -> usize {
    match enc {
        JweEncryption::A128Gcm => 16,
        JweEncryption::A256Gcm | JweEncryption::A128CbcHs256 => 32,
        JweEncryption::A256CbcHs512 => 64,
    }
}

/// A new content key.
pub(crate) fn drawn_key(enc: JweEncryption) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut key = Zeroizing::new(vec![0; key_bytes(enc)]);
    rand_bytes(&mut key)?;
    Ok(key)
}

/// Encrypts `plaintext` and authenticates it with `aad`.
pub(crate) fn seal(enc: JweEncryption, key: &[u8], aad: &[u8], plaintext: &[u8]) -> Result<Sealed, ErrorStack> {
    let (cipher, hmac) = primitives(enc);
    let mut iv = vec![0; cipher.iv_len().unwrap_or_default()];
    rand_bytes(&mut iv)?;
    let Some(digest) = hmac else {
        let mut tag = vec![0; GCM_TAG_BYTES];
        let ciphertext = encrypt_aead(cipher, key, Some(&iv), aad, plaintext, &mut tag)?;
        return Ok(Sealed { iv, ciphertext, tag });
    };
    let (mac_key, cipher_key) = key.split_at(key.len() / 2);
    let ciphertext = encrypt(cipher, cipher_key, Some(&iv), plaintext)?;
    let tag = cbc_tag(digest, mac_key, &[aad, &iv, &ciphertext], aad.len())?;
    Ok(Sealed { iv, ciphertext, tag })
}

/// What was encrypted; nothing when the key or the lengths are others or a byte was altered. Nothing is decrypted
/// before its tag was found right.
pub(crate) fn open(enc: JweEncryption, key: &[u8], aad: &[u8], sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
    let (cipher, hmac) = primitives(enc);
    if key.len() != key_bytes(enc) || cipher.iv_len() != Some(sealed.iv.len()) {
        return None;
    }
    let Sealed { iv, ciphertext, tag } = sealed;
    let Some(digest) = hmac else {
        let whole = tag.len() == GCM_TAG_BYTES;
        let opened = whole.then(|| decrypt_aead(cipher, key, Some(iv), aad, ciphertext, tag).ok())?;
        return opened.map(Zeroizing::new);
    };
    let (mac_key, cipher_key) = key.split_at(key.len() / 2);
    let expected = cbc_tag(digest, mac_key, &[aad, iv, ciphertext], aad.len()).ok()?;
    let fits = tag.len() == expected.len() && memcmp::eq(tag, &expected);
    fits.then(|| decrypt(cipher, cipher_key, Some(iv), ciphertext).ok()).flatten().map(Zeroizing::new)
}

/// The cipher, and the digest of its HMAC where it is not authenticated by itself.
fn primitives(enc: JweEncryption) -> (Cipher, Option<MessageDigest>) {
    match enc {
        JweEncryption::A128CbcHs256 => (Cipher::aes_128_cbc(), Some(MessageDigest::sha256())),
        JweEncryption::A256CbcHs512 => (Cipher::aes_256_cbc(), Some(MessageDigest::sha512())),
        JweEncryption::A128Gcm => (Cipher::aes_128_gcm(), None),
        JweEncryption::A256Gcm => (Cipher::aes_256_gcm(), None),
    }
}

/// The first half of an HMAC over `parts` and the length of the first of them in bits (RFC 7518 5.2.2.1).
fn cbc_tag(digest: MessageDigest, key: &[u8], parts: &[&[u8]], aad_bytes: usize) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut hmac = Signer::new(digest, &key)?;
    for part in parts {
        hmac.update(part)?;
    }
    hmac.update(&(aad_bytes as u64 * 8).to_be_bytes())?;
    let mut tag = hmac.sign_to_vec()?;
    tag.truncate(digest.size() / 2);
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_whole_and_in_no_other_way() {
        for enc in JweEncryption::ALL.iter().copied() {
            let key = drawn_key(enc).unwrap();
            for text in ["", "a", &"x".repeat(1000)] {
                let sealed = seal(enc, &key, b"header", text.as_bytes()).unwrap();
                assert_eq!(open(enc, &key, b"header", &sealed).unwrap().as_slice(), text.as_bytes(), "{enc}");
                assert!(open(enc, &key, b"Header", &sealed).is_none(), "{enc}");
                assert!(open(enc, &drawn_key(enc).unwrap(), b"header", &sealed).is_none(), "{enc}");
                assert!(open(enc, &key[1..], b"header", &sealed).is_none(), "{enc}");
            }
        }
    }

    #[test]
    fn an_altered_or_shortened_part_does_not_open() {
        for enc in JweEncryption::ALL.iter().copied() {
            let key = drawn_key(enc).unwrap();
            let sealed = seal(enc, &key, b"header", b"some content").unwrap();
            let with = |iv: &[u8], ciphertext: &[u8], tag: &[u8]| Sealed {
                iv: iv.to_vec(),
                ciphertext: ciphertext.to_vec(),
                tag: tag.to_vec(),
            };
            let Sealed { iv, ciphertext, tag } = &sealed;
            for length in 0..tag.len() {
                assert!(open(enc, &key, b"header", &with(iv, ciphertext, &tag[..length])).is_none(), "{enc} {length}");
            }
            let flipped = |bytes: &[u8]| [&[bytes[0] ^ 1], &bytes[1..]].concat();
            for altered in [
                with(&flipped(iv), ciphertext, tag),
                with(iv, &flipped(ciphertext), tag),
                with(iv, ciphertext, &flipped(tag)),
                with(&iv[1..], ciphertext, tag),
                with(&[], ciphertext, tag),
                with(iv, &ciphertext[1..], tag),
                with(iv, &[], tag),
            ] {
                assert!(open(enc, &key, b"header", &altered).is_none(), "{enc}");
            }
        }
    }
}
