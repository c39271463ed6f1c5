//! The signature algorithms this server knows (RFC 7518 3.1, RFC 8037 3.1). `none` is not among them.

word_enum! {
    /// A JWS `alg`.
    pub enum JwsAlgorithm: "signature algorithm" {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        RS256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        PS256 = "PS256",
        /// ECDSA with P-256 and SHA-256.
        ES256 = "ES256",
        /// EdDSA; with the key type this server uses, Ed25519.
        EdDSA = "EdDSA",
        /// HMAC with SHA-256: only between a client and the server, with the client's secret.
        HS256 = "HS256",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn algorithms_have_their_exact_names_and_none_is_not_one() {
        assert_words(JwsAlgorithm::ALL, &["RS256", "PS256", "ES256", "EdDSA", "HS256"]);
    }
}
