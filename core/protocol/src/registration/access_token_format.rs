//! What a client's access tokens look like: a member of client metadata of our own.

word_enum! {
    /// `access_token_format`. A Jans client says the same by `access_token_as_jwt`.
    pub enum AccessTokenFormat: "access token format" {
        /// A signed JWT that a resource server can read (RFC 9068).
        Jwt = "jwt",
        /// A random text that means something to this server only.
        Opaque = "opaque",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn formats_have_their_names() {
        assert_words(AccessTokenFormat::ALL, &["jwt", "opaque"]);
    }
}
