//! Client identifiers (RFC 6749 2.2, alphabet: Appendix A.1).

/// Longest client identifier, in bytes.
pub const CLIENT_ID_MAX_BYTES: usize = 128;

text_newtype! {
    /// The name a client is known by: 1 to [`CLIENT_ID_MAX_BYTES`] `VSCHAR`. Not a secret.
    pub struct ClientId: "client_id", 1..=CLIENT_ID_MAX_BYTES, |character| {
        matches!(character, ' '..='~')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_text;

    #[test]
    fn a_client_id_is_vschar() {
        assert_text::<ClientId>(CLIENT_ID_MAX_BYTES, " !\"\\~:", "\u{7f}\n\0é");
    }
}
