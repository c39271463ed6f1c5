//! The ways to encrypt a JWT that this server knows (RFC 7518 4.1 and 5.1).

word_enum! {
    /// A JWE `alg`: how the content key comes to the recipient. Neither `RSA1_5` nor `RSA-OAEP` is among them.
    pub enum JweAlgorithm: "key management algorithm" {
        /// RSAES-OAEP with SHA-256.
        RsaOaep256 = "RSA-OAEP-256",
        /// Elliptic curve Diffie-Hellman, whose result is the content key.
        EcdhEs = "ECDH-ES",
        /// Elliptic curve Diffie-Hellman, whose result wraps the content key (128 bits).
        EcdhEsA128Kw = "ECDH-ES+A128KW",
        /// The same with 256 bits.
        EcdhEsA256Kw = "ECDH-ES+A256KW",
        /// AES key wrap under a key made of the client's secret (OpenID Connect Core 10.2), 128 bits.
        A128Kw = "A128KW",
        /// The same with 256 bits.
        A256Kw = "A256KW",
        /// A key made of the client's secret is the content key.
        Dir = "dir",
    }
}

impl JweAlgorithm {
    /// Whether the key is made of the client's secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::A128Kw | Self::A256Kw | Self::Dir)
    }

    /// The kind of key pair it encrypts to; none where both sides share a secret.
    #[must_use]
    pub const fn key(self) -> Option<EncryptionKey> {
        match self {
            Self::RsaOaep256 => Some(EncryptionKey::Rsa),
            Self::EcdhEs | Self::EcdhEsA128Kw | Self::EcdhEsA256Kw => Some(EncryptionKey::Ec),
            Self::A128Kw | Self::A256Kw | Self::Dir => None,
        }
    }
}

word_enum! {
    /// A kind of key pair that this server decrypts with, by the plainest `alg` it is for.
    pub enum EncryptionKey: "kind of encryption key" {
        /// An RSA key.
        Rsa = "RSA-OAEP-256",
        /// A key on P-256, for every kind of `ECDH-ES`.
        Ec = "ECDH-ES",
    }
}

/// Whether a text has the five parts of a JWE in compact form (RFC 7516 3.1); a JWS has three.
#[must_use]
pub fn is_encrypted(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 4
}

word_enum! {
    /// A JWE `enc`: how the content is encrypted and authenticated.
    pub enum JweEncryption: "content encryption algorithm" {
        /// AES-CBC of 128 bits with HMAC-SHA-256: what is meant where a client names an `alg` alone.
        A128CbcHs256 = "A128CBC-HS256",
        /// AES-CBC of 256 bits with HMAC-SHA-512.
        A256CbcHs512 = "A256CBC-HS512",
        /// AES-GCM of 128 bits.
        A128Gcm = "A128GCM",
        /// AES-GCM of 256 bits.
        A256Gcm = "A256GCM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn ways_to_encrypt_have_their_registered_names_and_pkcs1_is_none_of_them() {
        assert_words(
            JweAlgorithm::ALL,
            &["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW", "A128KW", "A256KW", "dir"],
        );
        assert_words(JweEncryption::ALL, &["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]);
        assert_words(EncryptionKey::ALL, &["RSA-OAEP-256", "ECDH-ES"]);
    }

    #[test]
    fn every_way_has_a_key_pair_or_a_shared_secret() {
        for alg in JweAlgorithm::ALL {
            assert_eq!(alg.key().is_none(), alg.is_symmetric(), "{alg}");
        }
    }

    #[test]
    fn five_parts_make_a_jwe() {
        for (text, encrypted) in
            [("a.b.c.d.e", true), ("....", true), ("a.b.c", false), ("a.b.c.d.e.f", false), ("", false)]
        {
            assert_eq!(is_encrypted(text), encrypted, "{text}");
        }
    }
}
