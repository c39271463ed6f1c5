//! Randomness, as everything here asks for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The only source of randomness. An implementation must be a cryptographic generator; one that
/// cannot answer must stop the process rather than return predictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes as base64url text.
pub fn random_text<const N: usize>(entropy: &dyn Entropy) -> String {
    let mut bytes = [0u8; N];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
