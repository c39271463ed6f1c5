//! The hashes that tie an ID token to what was issued with it: `at_hash`, `c_hash` (OpenID Connect Core
//! 3.1.3.6 and 3.3.2.11).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256, Sha512};

use crate::jws_algorithm::JwsAlgorithm;

/// The left half of the hash of `value`, in base64url, by the hash of the algorithm that signs the ID token. `EdDSA` with Ed25519
/// hashes by SHA-512 (RFC 8032 5.1).
#[must_use]
pub fn left_half_hash(algorithm: JwsAlgorithm, value: &str) -> String {
    match algorithm {
        JwsAlgorithm::RS256 | JwsAlgorithm::PS256 | JwsAlgorithm::ES256 | JwsAlgorithm::HS256 => {
            left_half(&Sha256::digest(value.as_bytes()))
        }
        JwsAlgorithm::EdDSA => left_half(&Sha512::digest(value.as_bytes())),
    }
}

fn left_half(hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_openid_connect_core_come_out() {
        // OpenID Connect Core, appendices A.3 (c_hash) and A.4 (at_hash and c_hash).
        let code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
        assert_eq!(left_half_hash(JwsAlgorithm::RS256, code), "LDktKdoQak3Pk0cnXxCltA");
        let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(left_half_hash(JwsAlgorithm::RS256, access_token), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    #[test]
    fn the_length_is_that_of_half_the_hash_of_the_algorithm() {
        for algorithm in JwsAlgorithm::ALL {
            let bytes = if *algorithm == JwsAlgorithm::EdDSA { 32 } else { 16 };
            let hash = left_half_hash(*algorithm, "x");
            assert_eq!(URL_SAFE_NO_PAD.decode(hash).unwrap().len(), bytes, "{algorithm}");
        }
    }
}
