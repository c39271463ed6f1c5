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
