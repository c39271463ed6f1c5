//! Response modes: how an authorization response travels to the client (OAuth 2.0 Multiple Response
//! Types 1.0, OAuth 2.0 Form Post Response Mode 1.0, JARM 2.3).

use crate::response_type::ResponseType;

word_enum! {
    /// Where the response parameters stand.
    pub enum ResponseMode: "response_mode" {
        /// In the query of the redirect URI.
        Query = "query",
        /// In the fragment of the redirect URI.
        Fragment = "fragment",
        /// In a form that the browser posts to the redirect URI.
        FormPost = "form_post",
        /// In a JWT that travels as the response type has it by default. Once read, it is one of the three that follow.
        Jwt = "jwt",
        /// In a JWT in the query of the redirect URI.
        QueryJwt = "query.jwt",
        /// In a JWT in the fragment of the redirect URI.
        FragmentJwt = "fragment.jwt",
        /// In a JWT in a form that the browser posts to the redirect URI.
        FormPostJwt = "form_post.jwt",
    }
}

/// What carries a response, be it in a JWT or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// The query of the redirect URI.
    Query,
    /// Its fragment.
    Fragment,
    /// A form that the browser posts.
    FormPost,
}

impl ResponseMode {
    /// Whether the parameters stand in a JWT.
    #[must_use]
    pub const fn is_jwt(self) -> bool {
        matches!(self, Self::Jwt | Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt)
    }

    /// What carries the response.
    #[must_use]
    pub const fn carrier(self) -> Carrier {
        match self {
            Self::Query | Self::QueryJwt => Carrier::Query,
            Self::Fragment | Self::FragmentJwt | Self::Jwt => Carrier::Fragment,
            Self::FormPost | Self::FormPostJwt => Carrier::FormPost,
        }
    }

    /// The mode that is meant with a response type: `jwt` is short for one of the others (JARM 2.3.4).
    #[must_use]
    pub const fn resolved(self, response_type: ResponseType) -> Self {
        match (self, response_type.default_mode()) {
            (Self::Jwt, Self::Query) => Self::QueryJwt,
            (Self::Jwt, _) => Self::FragmentJwt,
            (mode, _) => mode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn response_modes_have_their_registered_names() {
        assert_words(
            ResponseMode::ALL,
            &["query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt"],
        );
    }

    #[test]
    fn jwt_is_short_for_the_default_of_the_response_type() {
        for response_type in ResponseType::ALL.iter().copied() {
            let resolved = ResponseMode::Jwt.resolved(response_type);
            assert_eq!(resolved.carrier(), response_type.default_mode().carrier(), "{response_type}");
            assert!(resolved.is_jwt() && resolved != ResponseMode::Jwt, "{response_type}");
            assert_eq!(ResponseMode::FormPost.resolved(response_type), ResponseMode::FormPost);
        }
    }
}
