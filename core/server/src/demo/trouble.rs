//! What can go wrong for the relying party, in the words its page shows.

use gatewright_domain::signing::JwtRejected;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::malformed::Malformed;

/// Longest code or description of the server's that is shown, in characters.
const TOLD_CHARS_MAX: usize = 300;

/// Why the end-user is not signed in here.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The form on the first page holds what cannot be asked for.
    #[error("What you asked for cannot be sent: {0}")]
    Unaskable(String),
    /// A response that belongs to no request of this browser.
    #[error("This response belongs to no request that this browser made here, or it was used before.")]
    NotExpected,
    /// A response in another server's name (RFC 9207 2.4).
    #[error("The response does not come from {0}.")]
    OtherIssuer(String),
    /// The server said no.
    #[error("The server answered: {code}")]
    Refused {
        /// The error code.
        code: String,
        /// The description, where there is one.
        description: Option<String>,
    },
    /// The server could not be asked.
    #[error("The server did not answer at its {endpoint}: {reason}")]
    Unreachable {
        /// Which endpoint.
        endpoint: &'static str,
        /// Why, as the HTTP client puts it.
        reason: String,
    },
    /// The server answered what is no answer.
    #[error("The answer of the {endpoint} cannot be read: {reason}")]
    Unreadable {
        /// Which endpoint.
        endpoint: &'static str,
        /// Why.
        reason: String,
    },
    /// The ID token's signature is not to be believed.
    #[error("The ID token is not to be believed: {0}.")]
    Signature(#[from] JwtRejected),
    /// A claim of the ID token is not as it must be (OpenID Connect Core 3.1.3.7).
    #[error("The ID token is not to be believed: its claim {0}.")]
    Claim(&'static str),
    /// Nobody is signed in here, or the tokens are gone.
    #[error("You are not signed in here any more.")]
    NotSignedIn,
}

impl Trouble {
    /// The server's refusal, cut to what is shown.
    pub(super) fn refused(code: &str, description: Option<&str>) -> Self {
        let cut = |text: &str| text.chars().take(TOLD_CHARS_MAX).collect();
        Self::Refused { code: cut(code), description: description.map(cut) }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Unaskable(refusal.description().to_owned())
    }
}

impl From<Malformed> for Trouble {
    fn from(malformed: Malformed) -> Self {
        Self::Unaskable(malformed.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_is_cut_to_what_a_page_holds() {
        let long = "x".repeat(TOLD_CHARS_MAX + 1);
        let Trouble::Refused { code, description } = Trouble::refused(&long, Some(&long)) else { panic!("another") };
        assert_eq!((code.len(), description.unwrap().len()), (TOLD_CHARS_MAX, TOLD_CHARS_MAX));
    }
}
