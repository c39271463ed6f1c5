//! Encryption to clients and decryption for this server (RFC 7516, RFC 7518 4 and 5).
//!
//! Written over OpenSSL's primitives and not with josekit, which decrypts before it looks at the tag, compares tags byte
//! by byte and takes shortened ones, and inflates what says `zip`. Its encodings are what the tests are held against.
//!
//! **Invariant:** which algorithms open a JWE is decided by the key and by what the caller allows; the header can only
//! agree. However a JWE fails to open, it takes the same way and answers the same.

mod agreement;
mod compact;
mod content;
mod decryption_key;
mod recipient;
mod shared_secret;
mod wrapping;

pub use compact::JWE_BYTES_MAX;
pub(crate) use decryption_key::DecryptionKey;
pub use decryption_key::KEYS_TRIED_MAX as DECRYPTION_KEYS_TRIED_MAX;

use compact::{Compact, encoded, header_of};
use gatewright_domain::encryption::{Content, JweRejected, NotEncrypted, Recipient};
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_protocol::registration::encryption::Encryption;
use openssl::error::ErrorStack;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

const PLACE: &str = "signing.jwe";

/// A content key and how it comes to the recipient.
pub(crate) struct KeyDelivery {
    /// The content encryption key.
    pub key: Zeroizing<Vec<u8>>,
    /// The JWE Encrypted Key; empty where the key is agreed upon or shared.
    pub encrypted_key: Vec<u8>,
    /// What the recipient must be told in the header: `kid`, `epk`.
    pub header: Map<String, Value>,
}

/// The compact JWE of `text`.
pub(crate) fn encrypt(
    text: &str,
    content: Content,
    how: Encryption,
    to: Recipient<'_>,
) -> Result<String, NotEncrypted> {
    let delivery = match to {
        Recipient::Keys(jwks) => recipient::deliver(how, jwks),
        Recipient::Secret(secret) => shared_secret::deliver(how, secret),
    };
    let delivery = delivery.map_err(fault)?.ok_or(NotEncrypted::NoKey(how.alg))?;
    let header = header_of(how, content, delivery.header);
    let sealed = content::seal(how.enc, &delivery.key, header.as_bytes(), text.as_bytes()).map_err(fault)?;
    Ok(encoded(&header, &delivery.encrypted_key, &sealed))
}

/// The text within `jwe`, by a key of this server's.
pub(crate) fn decrypt_with_keys(jwe: &Compact<'_>, keys: &[&DecryptionKey]) -> Result<SecretText, JweRejected> {
    if keys.is_empty() {
        return Err(JweRejected::UnknownKey);
    }
    let opened = keys.iter().find_map(|key| jwe.opened_with(&key.content_key(jwe)));
    opened.ok_or(JweRejected::Undecryptable)
}

/// The text within `jwe`, by the secret shared with its sender.
pub(crate) fn decrypt_with_secret(jwe: &Compact<'_>, secret: &SecretText) -> Result<SecretText, JweRejected> {
    jwe.opened_with(&shared_secret::content_key(jwe, secret)).ok_or(JweRejected::Undecryptable)
}

pub(crate) use compact::Compact as CompactJwe;

fn fault(error: ErrorStack) -> NotEncrypted {
    NotEncrypted::Fault(Fault::caused(PLACE, error))
}

#[cfg(test)]
mod tests;
