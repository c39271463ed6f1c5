//! Secrets that clients present: codes, tokens, client secrets, assertions. They can be handed on and
//! compared, and are never printed or serialised.

use std::{fmt, str::FromStr};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::malformed::{Malformed, admit_text};

/// Longest client secret, authorization code or refresh token, in bytes.
pub const CREDENTIAL_MAX_BYTES: usize = 4096;
/// Longest access token, ID token or assertion, in bytes: these may be JWTs, which carry claims or certificates.
pub const TOKEN_MAX_BYTES: usize = 16 * 1024;

const WHAT: &str = "credential";

/// A secret as it was presented. Leaves memory when dropped; two are compared in constant time.
#[derive(Clone)]
pub struct Credential(Zeroizing<String>);

impl Credential {
    /// Takes an access token, ID token or assertion, which may be up to [`TOKEN_MAX_BYTES`] long.
    ///
    /// # Errors
    /// [`Malformed`] when it is empty, too long or has control characters.
    pub fn from_token(text: &str) -> Result<Self, Malformed> {
        Self::admit(text, TOKEN_MAX_BYTES)
    }

    /// The secret itself, to be hashed or verified.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn admit(text: &str, max: usize) -> Result<Self, Malformed> {
        admit_text(text, WHAT, max, |character| !character.is_control())?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl TryFrom<&str> for Credential {
    type Error = Malformed;

    /// Takes a secret of 1 to [`CREDENTIAL_MAX_BYTES`] bytes without control characters.
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::admit(text, CREDENTIAL_MAX_BYTES)
    }
}

impl FromStr for Credential {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text)
    }
}

impl PartialEq for Credential {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Credential {}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Credential(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_credential_is_taken_up_to_its_limit_and_no_further() {
        assert!(Credential::try_from("x".repeat(CREDENTIAL_MAX_BYTES).as_str()).is_ok());
        let over = "x".repeat(CREDENTIAL_MAX_BYTES + 1);
        let refused = Malformed::TooLong { what: WHAT, limit: CREDENTIAL_MAX_BYTES };
        assert_eq!(Credential::try_from(over.as_str()), Err(refused));
        assert!(Credential::from_token(&over).is_ok());
        assert!(Credential::from_token(&"x".repeat(TOKEN_MAX_BYTES)).is_ok());
        assert!(Credential::from_token(&"x".repeat(TOKEN_MAX_BYTES + 1)).is_err());
    }

    #[test]
    fn empty_text_and_control_characters_are_no_credential() {
        assert_eq!(Credential::try_from(""), Err(Malformed::Empty { what: WHAT }));
        assert_eq!(Credential::try_from("a\nb"), Err(Malformed::Character { what: WHAT }));
    }

    #[test]
    fn debug_output_says_nothing_of_the_secret() {
        let secret = Credential::try_from("hunter2").unwrap();
        assert_eq!(format!("{secret:?}"), "Credential(redacted)");
        assert_eq!(secret.expose(), "hunter2");
        assert_ne!(secret, Credential::try_from("hunter3").unwrap());
    }

    proptest! {
        #[test]
        fn whatever_is_presented_is_kept_as_it_is_or_refused(text in "\\PC{0,40}|.{0,40}|[\\x00-\\x20]{0,4}") {
            for presented in [Credential::try_from(text.as_str()), Credential::from_token(&text)] {
                match presented {
                    Ok(credential) => prop_assert_eq!(credential.expose(), text.as_str()),
                    Err(_) => prop_assert!(text.is_empty() || text.chars().any(char::is_control)),
                }
            }
        }
    }
}
