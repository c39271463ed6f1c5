//! Response modes: how an authorization response travels to the client (OAuth 2.0 Multiple Response
//! Types 1.0, OAuth 2.0 Form Post Response Mode 1.0).

word_enum! {
    /// Where the response parameters stand.
    pub enum ResponseMode: "response_mode" {
        /// In the query of the redirect URI.
        Query = "query",
        /// In the fragment of the redirect URI.
        Fragment = "fragment",
        /// In a form that the browser posts to the redirect URI.
        FormPost = "form_post",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn response_modes_have_their_registered_names() {
        assert_words(ResponseMode::ALL, &["query", "fragment", "form_post"]);
    }
}
