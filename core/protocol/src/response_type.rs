//! Response types: what an authorization response brings (RFC 6749 3.1.1, OAuth 2.0 Multiple Response
//! Types 1.0). Front-channel access tokens (`token`) are not among them (RFC 9700 2.1.2).

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
}

impl ResponseType {
    /// Every value, in the order they are declared.
    pub const ALL: &'static [Self] = &[Self::Code, Self::CodeIdToken, Self::IdToken];

    /// The canonical text: words in alphabetical order.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::CodeIdToken => "code id_token",
            Self::IdToken => "id_token",
        }
    }

    /// Whether an authorization code comes back.
    #[must_use]
    pub const fn issues_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken)
    }

    /// Whether an ID token comes back in the front channel.
    #[must_use]
    pub const fn issues_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::CodeIdToken)
    }

    /// How the response travels when the client does not say (Multiple Response Types 1.0, 2.1 and 5).
    #[must_use]
    pub const fn default_mode(self) -> ResponseMode {
        match self {
            Self::Code => ResponseMode::Query,
            Self::CodeIdToken | Self::IdToken => ResponseMode::Fragment,
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
            _ => Err(Malformed::Unknown { what: "response_type" }),
        }
    }
}

word_conversions!(ResponseType);
