//! `nonce`: what binds an ID token to the client's request (OpenID Connect Core 3.1.2.1).

/// Longest nonce, in bytes.
pub const NONCE_MAX_BYTES: usize = 1024;

text_newtype! {
    /// The client's `nonce`, copied into the ID token unchanged.
    pub struct Nonce: "nonce", 1..=NONCE_MAX_BYTES, |character| !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_text;

    #[test]
    fn a_nonce_is_anything_but_control_characters() {
        assert_text::<Nonce>(NONCE_MAX_BYTES, " !\"\\~é\u{1f600}", "\u{7f}\n\0\u{85}");
    }
}
