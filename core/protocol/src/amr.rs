//! Authentication method references (OpenID Connect Core 2, RFC 8176).

/// Longest amr, in bytes.
pub const AMR_MAX_BYTES: usize = 64;

text_newtype! {
    /// One authentication method that was used, such as `pwd` or `otp`: visible ASCII without spaces.
    pub struct Amr: "amr", 1..=AMR_MAX_BYTES, |character| character.is_ascii_graphic()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_text;

    #[test]
    fn an_amr_is_visible_ascii_without_spaces() {
        assert_text::<Amr>(AMR_MAX_BYTES, "!\"\\:/~", " \u{7f}\té");
    }
}
