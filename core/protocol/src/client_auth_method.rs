//! How a client proves who it is at the token endpoint (RFC 7591 2, OpenID Connect Core 9, RFC 8705 2).

word_enum! {
    /// A client authentication method.
    pub enum ClientAuthMethod: "client authentication method" {
        /// The client secret in the `Authorization` header (RFC 6749 2.3.1).
        ClientSecretBasic = "client_secret_basic",
        /// The client secret in the form (RFC 6749 2.3.1).
        ClientSecretPost = "client_secret_post",
        /// A JWT made with the client secret (OpenID Connect Core 9).
        ClientSecretJwt = "client_secret_jwt",
        /// A JWT signed with a private key of the client (RFC 7523 2.2).
        PrivateKeyJwt = "private_key_jwt",
        /// A certificate that an authority issued (RFC 8705 2.1).
        TlsClientAuth = "tls_client_auth",
        /// A certificate whose key the client registered (RFC 8705 2.2).
        SelfSignedTlsClientAuth = "self_signed_tls_client_auth",
        /// No authentication: a public client.
        None = "none",
    }
}

impl ClientAuthMethod {
    /// Whether the client's certificate is what proves who it is.
    #[must_use]
    pub const fn is_by_certificate(self) -> bool {
        matches!(self, Self::TlsClientAuth | Self::SelfSignedTlsClientAuth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn methods_have_the_names_of_rfc_7591_and_8705() {
        assert_words(
            ClientAuthMethod::ALL,
            &[
                "client_secret_basic",
                "client_secret_post",
                "client_secret_jwt",
                "private_key_jwt",
                "tls_client_auth",
                "self_signed_tls_client_auth",
                "none",
            ],
        );
    }
}
