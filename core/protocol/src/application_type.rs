//! Application types: which redirect URIs a client may register (OpenID Connect Dynamic Client
//! Registration 1.0, 2).

word_enum! {
    /// Where the client runs.
    pub enum ApplicationType: "application type" {
        /// On a web server or in a browser.
        Web = "web",
        /// On the end-user's own device.
        Native = "native",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn application_types_have_their_registered_names() {
        assert_words(ApplicationType::ALL, &["web", "native"]);
    }
}
