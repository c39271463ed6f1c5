//! Keys made of a client's secret (OpenID Connect Core 10.2): AES key wrap, and the secret as the content key.

use super::KeyDelivery;
use super::agreement::wrapping_bytes;
use super::compact::Compact;
use super::content::{drawn_key, key_bytes};
use super::wrapping::{aes_unwrap, aes_wrap};
use gatewright_domain::secret::SecretText;
use gatewright_protocol::jwe::JweAlgorithm;
use gatewright_protocol::registration::encryption::Encryption;
use openssl::error::ErrorStack;
use openssl::sha::{sha256, sha512};
use serde_json::Map;
use zeroize::Zeroizing;

/// A content key for whoever has `secret`; nothing for an algorithm with key pairs.
pub(super) fn deliver(how: Encryption, secret: &SecretText) -> Result<Option<KeyDelivery>, ErrorStack> {
    let (key, encrypted_key) = match (how.alg, wrapping_bytes(how.alg)) {
        (JweAlgorithm::Dir, _) => (derived(secret, key_bytes(how.enc)), Vec::new()),
        (JweAlgorithm::A128Kw | JweAlgorithm::A256Kw, Some(bytes)) => {
            let key = drawn_key(how.enc)?;
            let Some(wrapped) = aes_wrap(&derived(secret, bytes), &key) else { return Ok(None) };
            (key, wrapped)
        }
        _ => return Ok(None),
    };
    Ok(Some(KeyDelivery { key, encrypted_key, header: Map::new() }))
}

/// The content key of `jwe`; empty, which opens nothing, when the secret is another.
pub(super) fn content_key(jwe: &Compact<'_>, secret: &SecretText) -> Zeroizing<Vec<u8>> {
    let bytes = key_bytes(jwe.how.enc);
    let key = match (jwe.how.alg, wrapping_bytes(jwe.how.alg)) {
        (JweAlgorithm::Dir, _) if jwe.encrypted_key.is_empty() => Some(derived(secret, bytes)),
        (JweAlgorithm::A128Kw | JweAlgorithm::A256Kw, Some(wrapping)) => {
            aes_unwrap(&derived(secret, wrapping), &jwe.encrypted_key, bytes)
        }
        _ => None,
    };
    key.unwrap_or_default()
}

/// The first `bytes` bytes of a SHA-2 of the secret: SHA-256 up to 32 of them, SHA-512 up to 64.
fn derived(secret: &SecretText, bytes: usize) -> Zeroizing<Vec<u8>> {
    let secret = secret.expose().as_bytes();
    let digest = if bytes <= 32 { sha256(secret).to_vec() } else { sha512(secret).to_vec() };
    let mut key = Zeroizing::new(digest);
    key.truncate(bytes);
    key
}
