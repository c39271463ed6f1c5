//! One public key of a client's, read with suspicion (RFC 7517 4, RFC 7518 6, RFC 8037 2).

use crate::signing_key::verifier;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use josekit::jwk::Jwk;
use josekit::jws::JwsVerifier;
use serde_json::{Map, Value};

/// Smallest RSA modulus that is accepted, in bits (RFC 7518 3.3).
pub const RSA_BITS_MIN: usize = 2048;
/// Largest RSA modulus that is accepted, in bits: larger ones only cost time.
pub const RSA_BITS_MAX: usize = 8192;
/// Largest RSA public exponent, in bytes.
const RSA_EXPONENT_BYTES_MAX: usize = 4;
/// Bytes of a P-256 coordinate and of an Ed25519 public key.
const POINT_BYTES: usize = 32;

/// Whether `jwk` says of itself that it is for verifying with `algorithm`: the right `kty`, no other `alg`, `use` or
/// `key_ops`, and no private part. A client that publishes a private key has lost it.
pub(crate) fn is_for(jwk: &Map<String, Value>, algorithm: JwsAlgorithm) -> bool {
    let says = |name: &str, expected: &str| jwk.get(name).is_none_or(|value| value == expected);
    let may_verify = match jwk.get("key_ops") {
        None => true,
        Some(Value::Array(operations)) => operations.iter().any(|operation| operation == "verify"),
        Some(_) => false,
    };
    key_type(algorithm).is_some_and(|kty| jwk.get("kty").is_some_and(|value| value == kty))
        && says("alg", algorithm.as_str())
        && says("use", "sig")
        && may_verify
        && !is_private(jwk)
}

/// Whether a key has a private or secret member.
pub(crate) fn is_private(jwk: &Map<String, Value>) -> bool {
    ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| jwk.contains_key(*name))
}

/// What verifies `algorithm` with this key; nothing for a key that is broken, too weak, or for something else. Only the
/// members that make up the key are used, in canonical form.
pub(crate) fn verifier_of(jwk: &Map<String, Value>, algorithm: JwsAlgorithm) -> Option<Box<dyn JwsVerifier>> {
    if !is_for(jwk, algorithm) {
        return None;
    }
    let mut clean = Map::new();
    clean.insert("kty".to_owned(), key_type(algorithm)?.into());
    match algorithm {
        JwsAlgorithm::RS256 | JwsAlgorithm::PS256 => {
            clean.insert("n".to_owned(), modulus(jwk)?.into());
            clean.insert("e".to_owned(), exponent(jwk)?.into());
        }
        JwsAlgorithm::ES256 => {
            clean.insert("crv".to_owned(), curve(jwk, "P-256")?.into());
            clean.insert("x".to_owned(), coordinate(jwk, "x")?.into());
            clean.insert("y".to_owned(), coordinate(jwk, "y")?.into());
        }
        JwsAlgorithm::EdDSA => {
            clean.insert("crv".to_owned(), curve(jwk, "Ed25519")?.into());
            clean.insert("x".to_owned(), coordinate(jwk, "x")?.into());
        }
        JwsAlgorithm::HS256 => return None,
    }
    verifier(algorithm, &Jwk::from_map(clean).ok()?)
}

/// The `kty` of an algorithm's keys; none for HS256, whose key is no public key.
fn key_type(algorithm: JwsAlgorithm) -> Option<&'static str> {
    match algorithm {
        JwsAlgorithm::RS256 | JwsAlgorithm::PS256 => Some("RSA"),
        JwsAlgorithm::ES256 => Some("EC"),
        JwsAlgorithm::EdDSA => Some("OKP"),
        JwsAlgorithm::HS256 => None,
    }
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()
}

/// A number without leading zeros, which some software writes and josekit would turn into bad DER.
fn number(jwk: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    let bytes = bytes(jwk, name)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}

/// `n` of an accepted size: josekit counts whole bytes, so that 2041 bits would pass for 2048.
pub(crate) fn modulus(jwk: &Map<String, Value>) -> Option<String> {
    let n = number(jwk, "n")?;
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits).then(|| URL_SAFE_NO_PAD.encode(n))
}

/// An odd `e` of 3 or more: with 1, every message is its own signature.
pub(crate) fn exponent(jwk: &Map<String, Value>) -> Option<String> {
    let e = number(jwk, "e")?;
    let is_odd = e.last()? & 1 == 1;
    let is_one = e == [1];
    (is_odd && !is_one && e.len() <= RSA_EXPONENT_BYTES_MAX).then(|| URL_SAFE_NO_PAD.encode(e))
}

fn curve(jwk: &Map<String, Value>, expected: &'static str) -> Option<&'static str> {
    (jwk.get("crv")? == expected).then_some(expected)
}

fn coordinate(jwk: &Map<String, Value>, name: &str) -> Option<String> {
    let bytes = bytes(jwk, name)?;
    (bytes.len() == POINT_BYTES).then(|| URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::PAIRED;
    use crate::signing_key::{SigningKey, generate_jwk};
    use gatewright_domain::identifiers::KeyId;
    use proptest::prelude::*;
    use serde_json::json;

    fn public(algorithm: JwsAlgorithm) -> Map<String, Value> {
        let id = KeyId::parse("k").unwrap();
        let key = SigningKey::parse(&id, algorithm, &generate_jwk(&id, algorithm).unwrap()).unwrap();
        key.public_jwk().as_object().unwrap().clone()
    }

    fn with(jwk: &Map<String, Value>, name: &str, value: impl Into<Value>) -> Map<String, Value> {
        let mut jwk = jwk.clone();
        jwk.insert(name.to_owned(), value.into());
        jwk
    }

    fn rsa_of(n: &[u8], e: &[u8]) -> Map<String, Value> {
        let jwk = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e) });
        jwk.as_object().unwrap().clone()
    }

    #[test]
    fn a_key_serves_its_own_algorithm_and_no_other() {
        for of in PAIRED {
            for algorithm in PAIRED {
                let found = verifier_of(&public(of), algorithm).is_some();
                assert_eq!(found, of == algorithm, "{of} for {algorithm}");
            }
            assert!(verifier_of(&public(of), JwsAlgorithm::HS256).is_none());
        }
        let mut unnamed = public(JwsAlgorithm::RS256);
        unnamed.remove("alg");
        assert!(verifier_of(&unnamed, JwsAlgorithm::PS256).is_some(), "an RSA key without `alg` serves both");
    }

    #[test]
    fn what_a_key_says_it_is_not_for_it_is_not_used_for() {
        let key = public(JwsAlgorithm::ES256);
        let fits = |jwk: &Map<String, Value>| verifier_of(jwk, JwsAlgorithm::ES256).is_some();
        assert!(fits(&with(&key, "key_ops", json!(["sign", "verify"]))));
        for (name, value) in [
            ("use", json!("enc")),
            ("use", json!(null)),
            ("alg", json!("ES384")),
            ("alg", json!(7)),
            ("key_ops", json!(["encrypt"])),
            ("key_ops", json!("verify")),
            ("kty", json!("RSA")),
            ("kty", json!("oct")),
            ("crv", json!("P-384")),
            ("crv", json!("secp256k1")),
            ("d", json!("AA")),
            ("k", json!("AA")),
        ] {
            assert!(!fits(&with(&key, name, value.clone())), "{name}: {value}");
        }
    }

    #[test]
    fn a_point_that_is_cut_padded_or_off_the_curve_is_refused() {
        let key = public(JwsAlgorithm::ES256);
        let x = bytes(&key, "x").unwrap();
        let mut off = x.clone();
        off[31] ^= 1;
        let longer = [&[0], x.as_slice()].concat();
        for point in [&x[..31], &[], &longer, &off] {
            let jwk = with(&key, "x", URL_SAFE_NO_PAD.encode(point));
            assert!(verifier_of(&jwk, JwsAlgorithm::ES256).is_none(), "{} bytes", point.len());
        }
        let edwards = public(JwsAlgorithm::EdDSA);
        for length in [0, 31, 33, 57] {
            let jwk = with(&edwards, "x", URL_SAFE_NO_PAD.encode(vec![9; length]));
            assert!(verifier_of(&jwk, JwsAlgorithm::EdDSA).is_none(), "{length} bytes");
        }
        assert!(verifier_of(&with(&edwards, "crv", "Ed448"), JwsAlgorithm::EdDSA).is_none());
    }

    #[test]
    fn rsa_moduli_are_counted_in_bits() {
        let odd = |bytes: usize, first: u8| {
            let mut n = vec![0xff; bytes];
            n[0] = first;
            n
        };
        for (n, fits) in [
            (odd(256, 0x80), true),
            (odd(256, 0x7f), false),
            (odd(255, 0xff), false),
            (odd(128, 0xff), false),
            (odd(1024, 0xff), true),
            (odd(1025, 0x01), false),
            (vec![], false),
        ] {
            for algorithm in [JwsAlgorithm::RS256, JwsAlgorithm::PS256] {
                let jwk = rsa_of(&n, &[1, 0, 1]);
                assert_eq!(verifier_of(&jwk, algorithm).is_some(), fits, "{} bytes, {algorithm}", n.len());
            }
        }
        let zeros = [&[0, 0], odd(256, 0x80).as_slice()].concat();
        assert!(
            verifier_of(&rsa_of(&zeros, &[0, 1, 0, 1]), JwsAlgorithm::RS256).is_some(),
            "leading zeros are dropped"
        );
        let padded = [&[0, 0], odd(254, 0xff).as_slice()].concat();
        assert!(verifier_of(&rsa_of(&padded, &[1, 0, 1]), JwsAlgorithm::RS256).is_none(), "and count for nothing");
    }

    #[test]
    fn rsa_exponents_that_protect_nothing_are_refused() {
        let n = [0xff; 256];
        for (e, fits) in [
            (vec![3], true),
            (vec![1, 0, 1], true),
            (vec![], false),
            (vec![0], false),
            (vec![1], false),
            (vec![0, 1], false),
            (vec![2], false),
            (vec![1, 0, 0], false),
            (vec![1, 0, 0, 0, 1], false),
        ] {
            assert_eq!(verifier_of(&rsa_of(&n, &e), JwsAlgorithm::RS256).is_some(), fits, "{e:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_key_holds_it_verifies_or_is_none(
            kty in "RSA|EC|OKP|oct|.{0,3}",
            crv in "P-256|Ed25519|P-384|.{0,3}",
            texts in proptest::collection::vec("[A-Za-z0-9_-]{0,90}|.{0,5}", 4),
        ) {
            let jwk = json!({ "kty": kty, "crv": crv, "x": texts[0], "y": texts[1], "n": texts[2], "e": texts[3] });
            for algorithm in JwsAlgorithm::ALL {
                // A point that is on no curve, or a modulus this short, is no key.
                let made = verifier_of(jwk.as_object().unwrap(), *algorithm);
                prop_assert!(made.is_none() || *algorithm == JwsAlgorithm::EdDSA, "{jwk}");
            }
        }
    }
}
