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
