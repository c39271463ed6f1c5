//! Response types: what an authorization response brings (RFC 6749 3.1.1, OAuth 2.0 Multiple Response
//! Types 1.0). `token` alone is not among them; with others it is a matter of the server's settings (RFC 9700 2.1.2).

use crate::{malformed::Malformed, response_mode::ResponseMode};

/// What the client wants to get from the authorization endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResponseType {
    /// `code`: an authorization code.
    Code,
    /// `code id_token`: an authorization code, and an ID token in the front channel.
    CodeIdToken,
    /// `id_token`: an ID token in the front channel and nothing else.
    IdToken,
    /// `code token`: an authorization code, and an access token in the front channel.
    CodeToken,
    /// `id_token token`: an ID token and an access token in the front channel.
    IdTokenToken,
    /// `code id_token token`: an authorization code, and both tokens in the front channel.
    CodeIdTokenToken,
}

impl ResponseType {
    /// Every value, in the order they are declared.
    pub const ALL: &'static [Self] =
        &[Self::Code, Self::CodeIdToken, Self::IdToken, Self::CodeToken, Self::IdTokenToken, Self::CodeIdTokenToken];

    /// The canonical text: words in alphabetical order.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::CodeIdToken => "code id_token",
            Self::IdToken => "id_token",
            Self::CodeToken => "code token",
            Self::IdTokenToken => "id_token token",
            Self::CodeIdTokenToken => "code id_token token",
        }
    }

    /// Whether an authorization code comes back.
    #[must_use]
    pub const fn issues_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Whether an ID token comes back in the front channel.
    #[must_use]
    pub const fn issues_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::CodeIdToken | Self::IdTokenToken | Self::CodeIdTokenToken)
    }

    /// Whether an access token comes back in the front channel.
    #[must_use]
    pub const fn issues_access_token(self) -> bool {
        matches!(self, Self::CodeToken | Self::IdTokenToken | Self::CodeIdTokenToken)
    }

    /// How the response travels when the client does not say (Multiple Response Types 1.0, 2.1 and 5).
    #[must_use]
    pub const fn default_mode(self) -> ResponseMode {
        match self {
            Self::Code => ResponseMode::Query,
            _ => ResponseMode::Fragment,
        }
    }
}

impl TryFrom<&str> for ResponseType {
    type Error = Malformed;

    /// Parses the words in any order (RFC 6749 3.1.1: "the order of values does not matter").
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let mut words: Vec<&str> = text.split(' ').collect();
        words.sort_unstable();
        match words.as_slice() {
            ["code"] => Ok(Self::Code),
            ["code", "id_token"] => Ok(Self::CodeIdToken),
            ["id_token"] => Ok(Self::IdToken),
            ["code", "token"] => Ok(Self::CodeToken),
            ["id_token", "token"] => Ok(Self::IdTokenToken),
            ["code", "id_token", "token"] => Ok(Self::CodeIdTokenToken),
            _ => Err(Malformed::Unknown { what: "response_type" }),
        }
    }
}

word_conversions!(ResponseType);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn response_types_have_their_canonical_names() {
        assert_words(
            ResponseType::ALL,
            &["code", "code id_token", "id_token", "code token", "id_token token", "code id_token token"],
        );
    }

    #[test]
    fn the_order_of_the_words_does_not_matter() {
        assert_eq!(ResponseType::try_from("id_token code"), Ok(ResponseType::CodeIdToken));
    }

    #[test]
    fn an_access_token_alone_and_repeated_words_are_unknown() {
        for text in ["token", "none", "code code", "code  id_token", "token code token"] {
            assert_eq!(ResponseType::try_from(text), Err(Malformed::Unknown { what: "response_type" }), "{text}");
        }
    }

    #[test]
    fn what_is_issued_decides_the_default_mode() {
        let table = [
            (ResponseType::Code, true, false, ResponseMode::Query),
            (ResponseType::CodeIdToken, true, true, ResponseMode::Fragment),
            (ResponseType::IdToken, false, true, ResponseMode::Fragment),
            (ResponseType::CodeToken, true, false, ResponseMode::Fragment),
            (ResponseType::IdTokenToken, false, true, ResponseMode::Fragment),
            (ResponseType::CodeIdTokenToken, true, true, ResponseMode::Fragment),
        ];
        for (response_type, code, id_token, mode) in table {
            assert_eq!(response_type.issues_code(), code, "{response_type}");
            assert_eq!(response_type.issues_id_token(), id_token, "{response_type}");
            assert_eq!(response_type.default_mode(), mode, "{response_type}");
            assert_eq!(response_type.issues_access_token(), response_type.as_str().ends_with(" token"));
        }
    }

    proptest! {
        #[test]
        fn only_the_words_of_the_list_make_a_response_type(text in "(code|id_token|token|none| |CODE|.){0,4}") {
            let mut words: Vec<&str> = text.split(' ').collect();
            words.sort_unstable();
            let known = matches!(
                words[..],
                ["code"]
                    | ["id_token"]
                    | ["code", "id_token"]
                    | ["code", "token"]
                    | ["id_token", "token"]
                    | ["code", "id_token", "token"]
            );
            prop_assert_eq!(ResponseType::try_from(text.as_str()).is_ok(), known);
        }
    }
}
