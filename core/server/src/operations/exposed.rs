//! A secret on its way over the wire: the only place where one is written out.

use gatewright_domain::secret::SecretText;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<S: Serializer>(secret: &Option<SecretText>, out: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(SecretText::expose).serialize(out)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<SecretText>, D::Error> {
    Ok(Option::<String>::deserialize(input)?.map(SecretText::new))
}

/// The same for a secret that must be there.
pub(super) mod required {
    use super::{Deserialize, Deserializer, SecretText, Serialize, Serializer};

    pub(in crate::operations) fn serialize<S: Serializer>(secret: &SecretText, out: S) -> Result<S::Ok, S::Error> {
        secret.expose().serialize(out)
    }

    pub(in crate::operations) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<SecretText, D::Error> {
        String::deserialize(input).map(SecretText::new)
    }
}
