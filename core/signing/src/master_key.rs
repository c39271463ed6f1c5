//! The master key: 32 bytes that the operator keeps outside the database. All that is sealed at rest and all
//! keyed digests hang on it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::secret::SecretText;
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of the master key.
pub const MASTER_KEY_BYTES: usize = 32;

/// Either alphabet of base64, padded or not: what `openssl rand -base64 32` and its like print.
const EITHER_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD_ALPHABET: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER_PADDING);
const URL_SAFE_ALPHABET: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER_PADDING);

/// A text that is no master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyRefused {
    /// Not base64.
    #[error("the master key is not base64; `openssl rand -base64 32` makes one")]
    NotBase64,
    /// Another number of bytes.
    #[error(
        "the master key has {found} bytes where {MASTER_KEY_BYTES} are needed; `openssl rand -base64 32` makes one"
    )]
    Length {
        /// How many it has.
        found: usize,
    },
}

/// The key everything at rest is sealed under. Wiped from memory when dropped, never printed.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; MASTER_KEY_BYTES]>);

impl MasterKey {
    /// Reads the key from base64 text (either alphabet, with or without padding, blank space around it).
    ///
    /// # Errors
    /// When it is not base64 or not of [`MASTER_KEY_BYTES`] bytes.
    pub fn from_base64(text: &SecretText) -> Result<Self, MasterKeyRefused> {
        let text = text.expose().trim();
        let engine = if text.contains(['-', '_']) { URL_SAFE_ALPHABET } else { STANDARD_ALPHABET };
        let bytes = Zeroizing::new(engine.decode(text).map_err(|_| MasterKeyRefused::NotBase64)?);
        let mut key = Zeroizing::new([0u8; MASTER_KEY_BYTES]);
        if bytes.len() != MASTER_KEY_BYTES {
            return Err(MasterKeyRefused::Length { found: bytes.len() });
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// A new random key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut key = Zeroizing::new([0u8; MASTER_KEY_BYTES]);
        entropy.fill(key.as_mut_slice());
        Self(key)
    }

    /// The key as base64 text, for the operator to keep.
    pub fn to_base64(&self) -> SecretText {
        SecretText::new(STANDARD.encode(self.0.as_slice()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_testing::entropy::SeededEntropy;

    fn read(text: &str) -> Result<MasterKey, MasterKeyRefused> {
        MasterKey::from_base64(&SecretText::new(text))
    }

    #[test]
    fn both_alphabets_with_and_without_padding_are_read() {
        let bytes = [0xfb; MASTER_KEY_BYTES];
        let padded = STANDARD.encode(bytes);
        let urlsafe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        assert!(padded.contains('+') && urlsafe.contains('-'), "the sample has what the alphabets differ in");
        for text in [padded.clone(), urlsafe, padded.trim_end_matches('=').to_owned(), format!(" {padded}\n")] {
            assert_eq!(read(&text).unwrap().bytes(), bytes, "{text}");
        }
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for length in [0, 16, 31, 33, 64] {
            let refused = read(&STANDARD.encode(vec![7u8; length])).unwrap_err();
            assert_eq!(refused, MasterKeyRefused::Length { found: length });
        }
        assert_eq!(read("not base64!").unwrap_err(), MasterKeyRefused::NotBase64);
    }

    #[test]
    fn a_generated_key_reads_back_and_is_never_printed() {
        let key = MasterKey::generate(&SeededEntropy::default());
        let text = key.to_base64();
        assert_eq!(read(text.expose()).unwrap().bytes(), key.bytes());
        assert_ne!(key.bytes(), [0u8; MASTER_KEY_BYTES]);
        assert_eq!(format!("{key:?}"), "MasterKey(…)");
    }
}
