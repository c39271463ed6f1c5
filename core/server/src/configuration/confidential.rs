//! A setting that must not be seen: neither printed nor written out again.

use gatewright_domain::secret::SecretText;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A confidential setting.
#[derive(Debug, Clone)]
pub struct Confidential(SecretText);

impl Confidential {
    /// Takes the text over.
    pub fn new(text: SecretText) -> Self {
        Self(text)
    }

    /// The text, for whoever it is meant for.
    pub fn text(&self) -> &SecretText {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Confidential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretText::new(text)))
    }
}

/// Written as an ellipsis.
impl Serialize for Confidential {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("…")
    }
}
