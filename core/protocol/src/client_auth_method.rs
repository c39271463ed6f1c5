//! How a client proves who it is at the token endpoint (RFC 7591 2, OpenID Connect Core 9).

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
        /// No authentication: a public client.
        None = "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn methods_have_the_names_of_rfc_7591() {
        assert_words(
            ClientAuthMethod::ALL,
            &["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"],
        );
    }
}
