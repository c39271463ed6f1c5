//! Parameters as they come in: a query string or a form body, decoded as HTML forms are (RFC 6749
//! Appendix B), with repeats kept so that they can be refused (RFC 6749 3.1 and 3.2).

use std::{fmt, str::FromStr};

use crate::{
    error::{ErrorCode, Refusal},
    malformed::{Malformed, admit_text},
};

/// Longest query string or form body, in bytes.
pub const PARAMS_MAX_BYTES: usize = 64 * 1024;
/// Most parameters in one request.
pub const PARAMS_MAX_COUNT: usize = 128;
/// Longest parameter name after decoding, in bytes.
pub const PARAM_NAME_MAX_BYTES: usize = 64;

/// The parameters of one request, in the order they came. Debug output shows the names only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(String, String)>);

/// Why bytes are not parameters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// Longer than [`PARAMS_MAX_BYTES`].
    #[error("the parameters are longer than {PARAMS_MAX_BYTES} bytes")]
    TooLong,
    /// More than [`PARAMS_MAX_COUNT`] parameters.
    #[error("there are more than {PARAMS_MAX_COUNT} parameters")]
    TooMany,
    /// A name longer than [`PARAM_NAME_MAX_BYTES`].
    #[error("a parameter name is longer than {PARAM_NAME_MAX_BYTES} bytes")]
    NameTooLong,
    /// A name or value that is not UTF-8 once decoded.
    #[error("a parameter is not UTF-8")]
    NotUtf8,
}

impl From<ParamsError> for Refusal {
    fn from(error: ParamsError) -> Self {
        Self::invalid_request(error.to_string())
    }
}

impl Params {
    /// Parses the query of a URL, without its question mark.
    ///
    /// # Errors
    /// [`ParamsError`] when a limit is passed or the text is not UTF-8 once decoded.
    pub fn parse_query(query: &str) -> Result<Self, ParamsError> {
        Self::parse_form(query.as_bytes())
    }

    /// Parses a body of type `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`ParamsError`] when a limit is passed or the text is not UTF-8 once decoded.
    pub fn parse_form(body: &[u8]) -> Result<Self, ParamsError> {
        if body.len() > PARAMS_MAX_BYTES {
            return Err(ParamsError::TooLong);
        }
        let mut params = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if params.len() == PARAMS_MAX_COUNT {
                return Err(ParamsError::TooMany);
            }
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(equals) => (&pair[..equals], &pair[equals + 1..]),
                None => (pair, &[][..]),
            };
            let name = decode(name).ok_or(ParamsError::NotUtf8)?;
            if name.len() > PARAM_NAME_MAX_BYTES {
                return Err(ParamsError::NameTooLong);
            }
            params.push((name, decode(value).ok_or(ParamsError::NotUtf8)?));
        }
        Ok(Self(params))
    }

    /// Parameters that are decoded already.
    ///
    /// # Errors
    /// [`ParamsError`] when a limit is passed, by what they would be as a form.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ParamsError> {
        let params = Self(pairs.into_iter().take(PARAMS_MAX_COUNT + 1).collect());
        if params.0.len() > PARAMS_MAX_COUNT {
            return Err(ParamsError::TooMany);
        }
        if params.0.iter().any(|(name, _)| name.len() > PARAM_NAME_MAX_BYTES) {
            return Err(ParamsError::NameTooLong);
        }
        if params.to_form().len() > PARAMS_MAX_BYTES { Err(ParamsError::TooLong) } else { Ok(params) }
    }

    /// The body of a form that has these parameters.
    #[must_use]
    pub fn to_form(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }

    /// The value of a parameter that may stand once. An empty value counts as none (RFC 6749 3.1).
    ///
    /// # Errors
    /// `invalid_request` when the parameter is repeated (RFC 6749 3.1).
    pub fn single(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(held, _)| held == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::invalid_request(format!("The parameter {name} is repeated."))),
            (Some(value), None) if !value.is_empty() => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// The value of a parameter that must stand exactly once.
    ///
    /// # Errors
    /// `invalid_request` when the parameter is missing, empty or repeated.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.single(name)?.ok_or_else(|| Refusal::invalid_request(format!("The parameter {name} is missing.")))
    }

    /// The value of a parameter whose type says all there is to say about its form.
    ///
    /// # Errors
    /// `invalid_request` when the parameter is repeated or malformed.
    pub fn word<T: FromStr<Err = Malformed>>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let parsed = self.single(name)?.map(str::parse).transpose();
        parsed.map_err(|malformed: Malformed| malformed.refuse(ErrorCode::InvalidRequest))
    }

    /// A free text of at most `max` bytes without control characters.
    ///
    /// # Errors
    /// `invalid_request` when the parameter is repeated, too long or has control characters.
    pub fn text(&self, name: &'static str, max: usize) -> Result<Option<String>, Refusal> {
        let Some(text) = self.single(name)? else {
            return Ok(None);
        };
        admit_text(text, name, max, |character| !character.is_control())
            .map_err(|malformed| malformed.refuse(ErrorCode::InvalidRequest))?;
        Ok(Some(text.to_owned()))
    }

    /// Every value of a parameter that may be repeated, such as `resource` (RFC 8707 2); empty ones left out.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter(move |(held, value)| held == name && !value.is_empty());
        values.map(|(_, value)| value.as_str())
    }

    /// Names and values in the order they came, repeats and empty values included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are no parameters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Undoes the encoding of HTML forms; `None` when what comes out is not UTF-8. As in browsers, a percent sign that
/// starts no escape stands for itself.
pub(crate) fn decode(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    rest = after;
                }
                _ => decoded.push(b'%'),
            },
            (byte, _) => decoded.push(*byte),
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests;
