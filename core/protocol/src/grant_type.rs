//! Grant types: what a client may exchange for tokens (RFC 6749, RFC 7591 2).

word_enum! {
    /// A way to get tokens.
    pub enum GrantType: "grant type" {
        /// RFC 6749 4.1: an authorization code.
        AuthorizationCode = "authorization_code",
        /// RFC 6749 6: a refresh token.
        RefreshToken = "refresh_token",
        /// RFC 6749 4.4: the client's own credentials.
        ClientCredentials = "client_credentials",
        /// OpenID Connect Core 3.2 and 3.3: an ID token from the authorization endpoint. It is registered, and never
        /// presented at the token endpoint.
        Implicit = "implicit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn grant_types_have_their_registered_names() {
        assert_words(GrantType::ALL, &["authorization_code", "refresh_token", "client_credentials", "implicit"]);
    }
}
