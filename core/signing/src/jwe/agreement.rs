//! Elliptic curve Diffie-Hellman with the Concat key derivation function (RFC 7518 4.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_protocol::jwe::JweAlgorithm;
use gatewright_protocol::registration::encryption::Encryption;
use openssl::bn::{BigNum, BigNumContext};
use openssl::derive::Deriver;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{HasParams, HasPublic, PKey, PKeyRef, Private, Public};
use openssl::sha::Sha256;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::content::key_bytes;

/// Bytes of a SHA-256 digest.
const DIGEST_BYTES: usize = 32;

/// A curve of NIST's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Curve {
    /// `crv`.
    name: &'static str,
    nid: Nid,
    /// Bytes of a coordinate.
    bytes: i32,
}

/// The curves that clients' keys may be on. The server's own are on the first.
const CURVES: [Curve; 3] = [
    Curve { name: "P-256", nid: Nid::X9_62_PRIME256V1, bytes: 32 },
    Curve { name: "P-384", nid: Nid::SECP384R1, bytes: 48 },
    Curve { name: "P-521", nid: Nid::SECP521R1, bytes: 66 },
];

/// A point that a JWK names and its curve; nothing when it is none, or not on the curve.
pub(super) fn point(jwk: &Map<String, Value>) -> Option<(PKey<Public>, Curve)> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    if text("kty") != Some("EC") {
        return None;
    }
    let curve = CURVES.into_iter().find(|curve| text("crv") == Some(curve.name))?;
    let coordinate = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text(name)?).ok()?;
        let whole = i32::try_from(bytes.len()) == Ok(curve.bytes);
        whole.then(|| BigNum::from_slice(&bytes).ok())?
    };
    let (x, y) = (coordinate("x")?, coordinate("y")?);
    let group = EcGroup::from_curve_name(curve.nid).ok()?;
    // OpenSSL finds out here whether the point is on the curve.
    let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y).ok()?;
    key.check_key().ok()?;
    Some((PKey::from_ec_key(key).ok()?, curve))
}

/// A key pair of this moment on `curve`, and its public half as a JWK (`epk`).
pub(super) fn ephemeral(curve: Curve) -> Result<(PKey<Private>, Value), ErrorStack> {
    let group = EcGroup::from_curve_name(curve.nid)?;
    let key = EcKey::generate(&group)?;
    let epk = jwk_of(&key, curve)?;
    Ok((PKey::from_ec_key(key)?, epk))
}

fn jwk_of<T: HasPublic + HasParams>(key: &EcKey<T>, curve: Curve) -> Result<Value, ErrorStack> {
    let (mut x, mut y, mut context) = (BigNum::new()?, BigNum::new()?, BigNumContext::new()?);
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    let coordinate = |number: BigNum| number.to_vec_padded(curve.bytes).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    Ok(json!({ "kty": "EC", "crv": curve.name, "x": coordinate(x)?, "y": coordinate(y)? }))
}

/// The key that two key pairs agree upon for `how`: the content key itself, or the one that wraps it.
pub(super) fn agreed(
    mine: &PKeyRef<Private>,
    theirs: &PKeyRef<Public>,
    how: Encryption,
    parties: [&[u8]; 2],
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut deriver = Deriver::new(mine)?;
    deriver.set_peer(theirs)?;
    let shared = Zeroizing::new(deriver.derive_to_vec()?);
    let (purpose, bytes) = match wrapping_bytes(how.alg) {
        Some(bytes) => (how.alg.as_str(), bytes),
        None => (how.enc.as_str(), key_bytes(how.enc)),
    };
    Ok(concat_kdf(&shared, purpose, parties, bytes))
}

/// Bytes of the key that wraps the content key; none where `alg` wraps none.
pub(super) const fn wrapping_bytes(alg: JweAlgorithm) -> Option<usize> {
    match alg {
        JweAlgorithm::EcdhEsA128Kw | JweAlgorithm::A128Kw => Some(16),
        JweAlgorithm::EcdhEsA256Kw | JweAlgorithm::A256Kw => Some(32),
        JweAlgorithm::RsaOaep256 | JweAlgorithm::EcdhEs | JweAlgorithm::Dir => None,
    }
}

/// `bytes` bytes of key (RFC 7518 4.6.2), at most 64.
fn concat_kdf(shared: &[u8], purpose: &str, parties: [&[u8]; 2], bytes: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(2 * DIGEST_BYTES));
    for round in 1..=bytes.div_ceil(DIGEST_BYTES) as u32 {
        let mut digest = Sha256::new();
        digest.update(&round.to_be_bytes());
        digest.update(shared);
        for part in [purpose.as_bytes(), parties[0], parties[1]] {
            digest.update(&(part.len() as u32).to_be_bytes());
            digest.update(part);
        }
        digest.update(&(bytes as u32 * 8).to_be_bytes());
        key.extend_from_slice(&digest.finish());
    }
    key.truncate(bytes);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_protocol::jwe::JweEncryption;

    #[test]
    fn a_key_is_agreed_upon_as_in_rfc_7518_appendix_c() {
        let private = |jwk: &Value, d: &str| {
            let (public, _) = point(jwk.as_object().unwrap()).unwrap();
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            let d = BigNum::from_slice(&URL_SAFE_NO_PAD.decode(d).unwrap()).unwrap();
            let point = public.ec_key().unwrap();
            PKey::from_ec_key(EcKey::from_private_components(&group, &d, point.public_key()).unwrap()).unwrap()
        };
        let alice = json!({ "kty": "EC", "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps" });
        let bob = json!({ "kty": "EC", "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck" });
        let alice_d = private(&alice, "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        let bob_d = private(&bob, "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
        let how = Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A128Gcm };
        for (mine, theirs) in [(alice_d, bob), (bob_d, alice)] {
            let (theirs, _) = point(theirs.as_object().unwrap()).unwrap();
            let key = agreed(&mine, &theirs, how, [b"Alice", b"Bob"]).unwrap();
            assert_eq!(URL_SAFE_NO_PAD.encode(&*key), "VqqN6vgjbSBcIijNcacQGg");
        }
    }

    #[test]
    fn a_point_off_its_curve_or_of_another_length_is_no_key() {
        let (_, epk) = ephemeral(CURVES[0]).unwrap();
        let epk = epk.as_object().unwrap();
        assert!(point(epk).is_some());
        let with = |name: &str, value: &str| {
            let mut altered = epk.clone();
            altered.insert(name.to_owned(), value.into());
            altered
        };
        let coordinate = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![1; bytes]);
        for altered in [
            with("x", &coordinate(32)),
            with("x", &coordinate(31)),
            with("y", &coordinate(33)),
            with("x", ""),
            with("x", "?"),
            with("crv", "P-384"),
            with("crv", "secp256k1"),
            with("kty", "OKP"),
        ] {
            assert!(point(&altered).is_none(), "{altered:?}");
        }
    }
}
