//! AES key wrap (RFC 3394, RFC 7518 4.4) and RSAES-OAEP with SHA-256 (RFC 7518 4.3).

use openssl::aes::{AesKey, unwrap_key, wrap_key};
use openssl::encrypt::{Decrypter, Encrypter};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKeyRef, Private, Public};
use openssl::rsa::Padding;
use zeroize::Zeroizing;

/// Bytes that a wrapped key is longer than the key.
const WRAP_BYTES: usize = 8;

/// `key` wrapped under `under`; nothing when one of them has a length that there is no key of.
pub(super) fn aes_wrap(under: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let under = AesKey::new_encrypt(under).ok()?;
    let mut wrapped = vec![0; key.len() + WRAP_BYTES];
    let written = wrap_key(&under, None, &mut wrapped, key).ok()?;
    (written == wrapped.len()).then_some(wrapped)
}

/// The key of `bytes` bytes that was wrapped under `under`.
pub(super) fn aes_unwrap(under: &[u8], wrapped: &[u8], bytes: usize) -> Option<Zeroizing<Vec<u8>>> {
    if wrapped.len() != bytes + WRAP_BYTES {
        return None;
    }
    let under = AesKey::new_decrypt(under).ok()?;
    let mut key = Zeroizing::new(vec![0; bytes]);
    let written = unwrap_key(&under, None, &mut key, wrapped).ok()?;
    (written == bytes).then_some(key)
}

/// `key` encrypted to an RSA key.
pub(super) fn oaep_encrypt(to: &PKeyRef<Public>, key: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut encrypter = Encrypter::new(to)?;
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    encrypter.set_rsa_oaep_md(MessageDigest::sha256())?;
    encrypter.set_rsa_mgf1_md(MessageDigest::sha256())?;
    let mut encrypted = vec![0; encrypter.encrypt_len(key)?];
    let written = encrypter.encrypt(key, &mut encrypted)?;
    encrypted.truncate(written);
    Ok(encrypted)
}

/// What was encrypted to an RSA key.
pub(super) fn oaep_decrypt(with: &PKeyRef<Private>, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut decrypter = Decrypter::new(with)?;
    decrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    decrypter.set_rsa_oaep_md(MessageDigest::sha256())?;
    decrypter.set_rsa_mgf1_md(MessageDigest::sha256())?;
    let mut key = Zeroizing::new(vec![0; decrypter.decrypt_len(encrypted)?]);
    let written = decrypter.decrypt(encrypted, &mut key)?;
    key.truncate(written);
    Ok(key)
}
