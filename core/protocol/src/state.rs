//! `state`: an opaque text the client gets back unchanged (RFC 6749 4.1.1, alphabet: Appendix A.5).

/// Longest state, in bytes.
pub const STATE_MAX_BYTES: usize = 2048;

text_newtype! {
    /// The client's `state`. Wider than the RFC's `VSCHAR`: clients do send other text and only want it back,
    /// so everything but control characters is taken.
    pub struct State: "state", 1..=STATE_MAX_BYTES, |character| !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_text;

    #[test]
    fn a_state_is_anything_but_control_characters() {
        assert_text::<State>(STATE_MAX_BYTES, " !\"\\~é\u{1f600}", "\u{7f}\n\0\u{85}");
    }
}
