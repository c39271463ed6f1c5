//! How a client signs its request objects (OpenID Connect Registration 2, RFC 9101 10.5).

use crate::jws_algorithm::JwsAlgorithm;

word_enum! {
    /// A `request_object_signing_alg`: a signature algorithm, or none at all.
    pub enum RequestObjectAlgorithm: "request object algorithm" {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        RS256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        PS256 = "PS256",
        /// ECDSA with P-256 and SHA-256.
        ES256 = "ES256",
        /// EdDSA.
        EdDSA = "EdDSA",
        /// Not signed (OpenID Connect Core 6.1): only where the operator allows it.
        None = "none",
    }
}

impl RequestObjectAlgorithm {
    /// The algorithm of the signature; none where there is no signature.
    #[must_use]
    pub const fn signature(self) -> Option<JwsAlgorithm> {
        match self {
            Self::RS256 => Some(JwsAlgorithm::RS256),
            Self::PS256 => Some(JwsAlgorithm::PS256),
            Self::ES256 => Some(JwsAlgorithm::ES256),
            Self::EdDSA => Some(JwsAlgorithm::EdDSA),
            Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn request_objects_may_be_unsigned() {
        assert_words(RequestObjectAlgorithm::ALL, &["RS256", "PS256", "ES256", "EdDSA", "none"]);
    }

    #[test]
    fn a_signature_has_the_algorithm_of_its_name() {
        for algorithm in RequestObjectAlgorithm::ALL {
            let signature = algorithm.signature().map(JwsAlgorithm::as_str);
            assert_eq!(signature.unwrap_or("none"), algorithm.as_str());
        }
    }
}
