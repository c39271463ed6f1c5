//! Authentication context class references (OpenID Connect Core 2, `acr_values` in 3.1.2.1).

use crate::malformed::Malformed;

/// Longest acr, in bytes.
pub const ACR_MAX_BYTES: usize = 128;
/// Most values in one `acr_values`.
pub const ACR_VALUES_MAX: usize = 16;

text_newtype! {
    /// An authentication context class, asked for or reached: visible ASCII without spaces.
    pub struct Acr: "acr", 1..=ACR_MAX_BYTES, |character| character.is_ascii_graphic()
}

/// Parses `acr_values`: acrs separated by spaces, the most wanted first. Repeated values count once.
///
/// # Errors
/// [`Malformed`] when a value is no acr or there are more than [`ACR_VALUES_MAX`].
pub fn parse_acr_values(text: &str) -> Result<Vec<Acr>, Malformed> {
    let mut values = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let acr = Acr::try_from(word)?;
        if !values.contains(&acr) {
            values.push(acr);
        }
    }
    if values.len() > ACR_VALUES_MAX {
        return Err(Malformed::TooMany { what: "acr_values", limit: ACR_VALUES_MAX });
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::assert_text;

    #[test]
    fn an_acr_is_visible_ascii_without_spaces() {
        assert_text::<Acr>(ACR_MAX_BYTES, "!\"\\:/~", " \u{7f}\né");
    }

    #[test]
    fn acr_values_keep_their_order_and_lose_their_repeats() {
        let table = [("", vec![]), ("otp", vec!["otp"]), (" otp  pwd otp urn:x ", vec!["otp", "pwd", "urn:x"])];
        for (text, expected) in table {
            let parsed = parse_acr_values(text).unwrap();
            assert_eq!(parsed.iter().map(Acr::as_str).collect::<Vec<_>>(), expected, "{text:?}");
        }
        assert_eq!(parse_acr_values("otp é"), Err(Malformed::Character { what: "acr" }));
    }

    #[test]
    fn acr_values_end_at_their_limit() {
        let text = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(parse_acr_values(&text(ACR_VALUES_MAX)).unwrap().len(), ACR_VALUES_MAX);
        let refused = Malformed::TooMany { what: "acr_values", limit: ACR_VALUES_MAX };
        assert_eq!(parse_acr_values(&text(ACR_VALUES_MAX + 1)), Err(refused));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_survives(text in "\\PC{0,80}") {
            if let Ok(acrs) = parse_acr_values(&text) {
                let joined = acrs.iter().map(Acr::as_str).collect::<Vec<_>>().join(" ");
                prop_assert_eq!(parse_acr_values(&joined), Ok(acrs));
            }
        }
    }
}
