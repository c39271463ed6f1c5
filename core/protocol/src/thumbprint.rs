//! Thumbprints: the SHA-256 that names a key (RFC 7638) or a certificate (RFC 8705 3.1), in base64url.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::malformed::{Malformed, admit_text};

/// Length of a thumbprint: a SHA-256 in base64url, in bytes.
pub const THUMBPRINT_BYTES: usize = 43;

/// A SHA-256 in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The thumbprint of `bytes`: a key's canonical JSON, or a certificate's DER.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)))
    }

    /// The text as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let what = "thumbprint";
        admit_text(
            &text,
            what,
            THUMBPRINT_BYTES,
            |character| matches!(character, 'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_'),
        )?;
        match URL_SAFE_NO_PAD.decode(&text) {
            Ok(hash) if hash.len() == Sha256::output_size() => Ok(Self(text)),
            _ => Err(Malformed::Form { what, why: "is not a SHA-256 in base64url" }),
        }
    }
}

word_conversions!(Thumbprint);
text_conversions!(Thumbprint);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_round_trip;

    #[test]
    fn only_a_sha_256_in_base64url_is_a_thumbprint() {
        let good = Thumbprint::of(b"x");
        assert_eq!(good.as_str().len(), THUMBPRINT_BYTES);
        assert_round_trip(&good);
        for bad in ["", "x", &"A".repeat(44), &"+".repeat(43), &format!("{}=", &good.as_str()[..42])] {
            assert!(Thumbprint::try_from(bad).is_err(), "{bad}");
        }
    }
}
