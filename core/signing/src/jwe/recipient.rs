//! Encryption to one of a client's public keys, which are read with suspicion (RFC 7517 4, OpenID Connect Core 10.2).

use super::KeyDelivery;
use super::agreement::{agreed, ephemeral, point, wrapping_bytes};
use super::content::drawn_key;
use super::wrapping::{aes_wrap, oaep_encrypt};
use crate::client_jwk::{exponent, is_private, modulus};
use crate::client_keys::JWKS_KEYS_MAX;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_protocol::jwe::EncryptionKey;
use gatewright_protocol::registration::encryption::Encryption;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use serde_json::{Map, Value};

/// Operations of which a key to encrypt to has one, where it lists any.
const OPERATIONS: [&str; 4] = ["encrypt", "wrapKey", "deriveKey", "deriveBits"];

/// A content key for the first key of `jwks` that fits, those that say `use` `enc` before those that do not say; nothing
/// when there is none.
pub(super) fn deliver(how: Encryption, jwks: &Value) -> Result<Option<KeyDelivery>, ErrorStack> {
    let Some(kind) = how.alg.key() else { return Ok(None) };
    let keys = jwks.get("keys").and_then(Value::as_array).filter(|keys| keys.len() <= JWKS_KEYS_MAX);
    let fitting = || keys.into_iter().flatten().filter_map(Value::as_object).filter(|jwk| is_for(jwk, how, kind));
    let sure = fitting().filter(|jwk| jwk.contains_key("use"));
    let unsure = fitting().filter(|jwk| !jwk.contains_key("use"));
    for jwk in sure.chain(unsure) {
        let delivery = match kind {
            EncryptionKey::Rsa => to_rsa(how, jwk)?,
            EncryptionKey::Ec => to_point(how, jwk)?,
        };
        if let Some(mut delivery) = delivery {
            if let Some(kid) = jwk.get("kid").filter(|kid| kid.is_string()) {
                delivery.header.insert("kid".to_owned(), kid.clone());
            }
            return Ok(Some(delivery));
        }
    }
    Ok(None)
}

/// Whether `jwk` says of itself that it is to be encrypted to so, and has no private part.
fn is_for(jwk: &Map<String, Value>, how: Encryption, kind: EncryptionKey) -> bool {
    let says = |name: &str, expected: &str| jwk.get(name).is_none_or(|value| value == expected);
    let may_encrypt = match jwk.get("key_ops") {
        None => true,
        Some(Value::Array(listed)) => listed.iter().any(|operation| OPERATIONS.iter().any(|known| operation == known)),
        Some(_) => false,
    };
    let kty = match kind {
        EncryptionKey::Rsa => "RSA",
        EncryptionKey::Ec => "EC",
    };
    jwk.get("kty").is_some_and(|value| value == kty)
        && says("use", "enc")
        && says("alg", how.alg.as_str())
        && may_encrypt
        && !is_private(jwk)
}

fn to_rsa(how: Encryption, jwk: &Map<String, Value>) -> Result<Option<KeyDelivery>, ErrorStack> {
    let Some(to) = rsa_key(jwk) else { return Ok(None) };
    let key = drawn_key(how.enc)?;
    let encrypted_key = oaep_encrypt(&to, &key)?;
    Ok(Some(KeyDelivery { key, encrypted_key, header: Map::new() }))
}

fn rsa_key(jwk: &Map<String, Value>) -> Option<PKey<Public>> {
    let number = |text: String| BigNum::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    let (n, e) = (number(modulus(jwk)?)?, number(exponent(jwk)?)?);
    PKey::from_rsa(Rsa::from_public_components(n, e).ok()?).ok()
}

fn to_point(how: Encryption, jwk: &Map<String, Value>) -> Result<Option<KeyDelivery>, ErrorStack> {
    let Some((theirs, curve)) = point(jwk) else { return Ok(None) };
    let (mine, epk) = ephemeral(curve)?;
    let agreed = agreed(&mine, &theirs, how, [b"", b""])?;
    let header = Map::from_iter([("epk".to_owned(), epk)]);
    if wrapping_bytes(how.alg).is_none() {
        return Ok(Some(KeyDelivery { key: agreed, encrypted_key: Vec::new(), header }));
    }
    let key = drawn_key(how.enc)?;
    Ok(aes_wrap(&agreed, &key).map(|encrypted_key| KeyDelivery { key, encrypted_key, header }))
}
