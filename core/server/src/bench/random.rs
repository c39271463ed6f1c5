//! Values that must not repeat or be guessed: `state`, `nonce`, PKCE verifiers.

use super::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` bytes of the operating system's randomness as base64url text.
pub(super) fn text<const N: usize>() -> Result<String, Failure> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(Failure::Entropy)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
