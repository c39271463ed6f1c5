//! Proof Key for Code Exchange (RFC 7636), method `S256` only: `plain` protects nothing that a leaked
//! authorization request does not give away (RFC 9700 2.1.1).

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::malformed::{Malformed, admit_text};

/// Length of a challenge: a SHA-256 in base64url, in bytes.
pub const CODE_CHALLENGE_BYTES: usize = 43;
/// Shortest verifier (RFC 7636 4.1), in bytes.
pub const CODE_VERIFIER_MIN_BYTES: usize = 43;
/// Longest verifier (RFC 7636 4.1), in bytes.
pub const CODE_VERIFIER_MAX_BYTES: usize = 128;
/// The only `code_challenge_method` this server takes.
pub const CODE_CHALLENGE_METHOD: &str = "S256";

/// The SHA-256 of a verifier, in base64url: what the authorization request carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// The challenge as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CodeChallenge {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let what = "code_challenge";
        admit_text(
            &text,
            what,
            CODE_CHALLENGE_BYTES,
            |character| matches!(character, 'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_'),
        )?;
        match URL_SAFE_NO_PAD.decode(&text) {
            Ok(hash) if hash.len() == Sha256::output_size() => Ok(Self(text)),
            _ => Err(Malformed::Form { what, why: "is not a SHA-256 in base64url" }),
        }
    }
}

word_conversions!(CodeChallenge);
text_conversions!(CodeChallenge);

/// The secret whose hash was the challenge: what the token request carries. Never printed or stored.
#[derive(Clone)]
pub struct CodeVerifier(Zeroizing<String>);

impl CodeVerifier {
    /// The challenge this verifier answers (RFC 7636 4.2).
    #[must_use]
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes())))
    }

    /// Whether this is the verifier behind the challenge (RFC 7636 4.6).
    #[must_use]
    pub fn matches(&self, challenge: &CodeChallenge) -> bool {
        self.challenge().0.as_bytes().ct_eq(challenge.0.as_bytes()).into()
    }
}

impl TryFrom<&str> for CodeVerifier {
    type Error = Malformed;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let what = "code_verifier";
        admit_text(
            text,
            what,
            CODE_VERIFIER_MAX_BYTES,
            |character| matches!(character, 'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' | '~'),
        )?;
        if text.len() < CODE_VERIFIER_MIN_BYTES {
            return Err(Malformed::Form { what, why: "is shorter than 43 bytes" });
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl FromStr for CodeVerifier {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text)
    }
}

impl PartialEq for CodeVerifier {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for CodeVerifier {}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CodeVerifier(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::assert_round_trip;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_rfc_7636_comes_out() {
        let challenge = CodeChallenge::try_from(CHALLENGE).unwrap();
        let verifier = CodeVerifier::try_from(VERIFIER).unwrap();
        assert_eq!(verifier.challenge(), challenge);
        assert!(verifier.matches(&challenge));
        assert_round_trip(&challenge);
        let other = CodeVerifier::try_from(VERIFIER.replace('d', "e").as_str()).unwrap();
        assert!(!other.matches(&challenge));
    }

    #[test]
    fn a_challenge_is_a_sha_256_in_base64url() {
        let what = "code_challenge";
        let not_a_hash = Malformed::Form { what, why: "is not a SHA-256 in base64url" };
        let table = [
            (String::new(), Malformed::Empty { what }),
            (CHALLENGE[1..].to_owned(), not_a_hash.clone()),
            // Good base64url, but of 31 bytes.
            ("A".repeat(42), not_a_hash.clone()),
            (format!("{CHALLENGE}A"), Malformed::TooLong { what, limit: CODE_CHALLENGE_BYTES }),
            (CHALLENGE.replace('-', "+"), Malformed::Character { what }),
            (CHALLENGE.replace('M', "="), Malformed::Character { what }),
            // The last character has two bits too many set: no hash encodes to it.
            (CHALLENGE.replace("-cM", "-cN"), not_a_hash),
        ];
        for (text, malformed) in table {
            assert_eq!(CodeChallenge::try_from(text.as_str()), Err(malformed), "{text:?}");
            assert!(serde_json::from_value::<CodeChallenge>(text.into()).is_err());
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        for length in [CODE_VERIFIER_MIN_BYTES, CODE_VERIFIER_MAX_BYTES] {
            assert!(CodeVerifier::try_from("a.~-_9Z".repeat(19)[..length].as_ref()).is_ok(), "{length}");
        }
        let what = "code_verifier";
        let table = [
            (42, 'a', Malformed::Form { what, why: "is shorter than 43 bytes" }),
            (129, 'a', Malformed::TooLong { what, limit: CODE_VERIFIER_MAX_BYTES }),
            (43, '+', Malformed::Character { what }),
            (43, ' ', Malformed::Character { what }),
        ];
        for (length, character, malformed) in table {
            let text = character.to_string().repeat(length);
            assert_eq!(CodeVerifier::try_from(text.as_str()), Err(malformed), "{text:?}");
        }
    }

    #[test]
    fn debug_output_does_not_show_the_verifier() {
        assert_eq!(format!("{:?}", CodeVerifier::try_from(VERIFIER).unwrap()), "CodeVerifier(redacted)");
    }

    proptest! {
        #[test]
        fn a_verifier_matches_its_own_challenge_and_no_other(
            one in "[A-Za-z0-9._~-]{43,128}",
            other in "[A-Za-z0-9._~-]{43,128}",
        ) {
            let verifier = CodeVerifier::try_from(one.as_str()).unwrap();
            let challenge = verifier.challenge();
            prop_assert_eq!(&CodeChallenge::try_from(challenge.as_str()).unwrap(), &challenge);
            prop_assert!(verifier.matches(&challenge));
            let other_matches = CodeVerifier::try_from(other.as_str()).unwrap().matches(&challenge);
            prop_assert_eq!(other_matches, one == other);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,130}") {
            let _ = CodeVerifier::try_from(text.as_str());
            if let Ok(challenge) = CodeChallenge::try_from(text.as_str()) {
                prop_assert_eq!(challenge.as_str(), text);
            }
        }
    }
}
