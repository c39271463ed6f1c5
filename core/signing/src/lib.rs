//! Keys: the server's own (made, sealed, rotated, published), and the checking of what clients sign with
//! theirs (RFC 7515, 7517, 7518, 8037); and those that plugins are signed with. One crypto stack: josekit over OpenSSL, which live only here.
//!
//! **Invariant:** which algorithm verifies a JWT is read off the key, never off the JWT's header alone.

mod client_jwk;
mod client_keys;
mod compact;
mod foreign;
mod jwe;
mod kept_verifiers;
mod keyring;
mod known_signatures;
mod mac;
mod master_key;
mod plugin_signing;
mod ring_key;
mod rotation;
mod sealer;
mod signing_key;
mod snapshot;

#[cfg(test)]
mod fakes;

pub use client_jwk::{RSA_BITS_MAX, RSA_BITS_MIN};
pub use client_keys::{JWKS_KEYS_MAX, KEYS_TRIED_MAX};
pub use compact::JWT_BYTES_MAX;
pub use foreign::{ForeignVerifier, SHARED_SECRET_BYTES_MIN};
pub use jwe::{DECRYPTION_KEYS_TRIED_MAX, JWE_BYTES_MAX};
pub use keyring::{Keyring, KeyringSetup, REFRESH_PAUSE_MS};
pub use master_key::{MASTER_KEY_BYTES, MasterKey, MasterKeyRefused};
pub use plugin_signing::{PluginKeyError, PluginSigner, PluginVerifier, plugin_key_from_pem};
pub use rotation::{KEYS_MAX, Overlap, Rotated, Schedule};
pub use sealer::{MasterSealer, SEALED_BYTES_MAX};
