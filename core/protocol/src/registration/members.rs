//! How a member of a registration document is read, and how the client is told which one has the wrong type.
//!
//! `null` and the empty text are the same as no member (RFC 7592 2.2). Jans clients send booleans and numbers as
//! text; that is taken too.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::{
    error::{ErrorCode, Refusal},
    malformed::Malformed,
};

/// Most entries in a list member.
pub const LIST_MAX: usize = 64;
/// Longest text member that is shown to people, in bytes.
pub const NAME_MAX_BYTES: usize = 256;
/// Longest URI member, in bytes.
pub const URI_MAX_BYTES: usize = 2048;

/// The members of one registration document.
pub(super) struct Members<'document>(pub(super) &'document Map<String, Value>);

impl<'document> Members<'document> {
    pub(super) fn get(&self, name: &str) -> Option<&'document Value> {
        self.0.get(name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            _ => true,
        })
    }

    pub(super) fn text(&self, name: &str, max: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| wrong(name, "must be a string"))?;
        if text.len() > max {
            return Err(wrong(name, &format!("is longer than {max} bytes")));
        }
        if text.chars().any(char::is_control) {
            return Err(wrong(name, "has control characters"));
        }
        Ok(Some(text.to_owned()))
    }

    pub(super) fn uri(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.text(name, URI_MAX_BYTES)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" => Ok(Some(false)),
            Some(_) => Err(wrong(name, "must be true or false")),
        }
    }

    pub(super) fn seconds(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let seconds = match value {
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
            other => other.as_u64(),
        };
        seconds.map(Some).ok_or_else(|| wrong(name, "must be a number of seconds"))
    }

    /// A member whose type says all there is to say about its form.
    pub(super) fn word<T: FromStr<Err = Malformed>>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| wrong(name, "must be a string"))?;
        text.parse().map(Some).map_err(|malformed| unreadable(name, &malformed))
    }

    /// A list of such words; repeated ones count once.
    pub(super) fn words<T>(&self, name: &str) -> Result<Option<Vec<T>>, Refusal>
    where
        T: FromStr<Err = Malformed> + PartialEq,
    {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let mut words = Vec::new();
        for entry in strings(name, value)? {
            let word = entry.parse().map_err(|malformed| unreadable(name, &malformed))?;
            if !words.contains(&word) {
                words.push(word);
            }
        }
        Ok(Some(words))
    }

    pub(super) fn names(&self, name: &str) -> Result<Vec<String>, Refusal> {
        self.texts(name, NAME_MAX_BYTES)
    }

    pub(super) fn uris(&self, name: &str) -> Result<Vec<String>, Refusal> {
        self.texts(name, URI_MAX_BYTES)
    }

    fn texts(&self, name: &str, max: usize) -> Result<Vec<String>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let names = strings(name, value)?;
        if names.iter().any(|text| text.len() > max) {
            return Err(wrong(name, &format!("has a text of more than {max} bytes")));
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    /// A JSON object, or a text that holds one.
    pub(super) fn object(&self, name: &str) -> Result<Option<Value>, Refusal> {
        let object = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).ok(),
            Some(value) => Some(value.clone()),
        };
        match object {
            Some(object @ Value::Object(_)) => Ok(Some(object)),
            _ => Err(wrong(name, "must be a JSON object")),
        }
    }
}

fn strings<'document>(name: &str, value: &'document Value) -> Result<Vec<&'document str>, Refusal> {
    let wrong_type = || wrong(name, "must be an array of strings");
    let entries = value.as_array().ok_or_else(wrong_type)?;
    if entries.len() > LIST_MAX {
        return Err(wrong(name, &format!("has more than {LIST_MAX} entries")));
    }
    entries.iter().map(|entry| entry.as_str().ok_or_else(wrong_type)).collect()
}

/// Says which member is wrong, and why, under the code RFC 7591 3.2.2 has for it.
pub(super) fn wrong(name: &str, why: &str) -> Refusal {
    let code = match name {
        "redirect_uris" => ErrorCode::InvalidRedirectUri,
        _ => ErrorCode::InvalidClientMetadata,
    };
    Refusal::new(code, format!("The member {name} {why}."))
}

fn unreadable(name: &str, malformed: &Malformed) -> Refusal {
    wrong(name, &format!("cannot be read: {malformed}"))
}
