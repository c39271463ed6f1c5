//! The `claims` parameter: single claims asked for by name (OpenID Connect Core 5.5), and `claims_locales` (5.2).

use std::{collections::BTreeMap, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{locale::Locales, malformed::Malformed};

/// Longest `claims` parameter, in bytes.
pub const CLAIMS_REQUEST_MAX_BYTES: usize = 8 * 1024;
/// Most claims asked for at each destination.
pub const CLAIMS_REQUEST_MAX_CLAIMS: usize = 64;

const WHAT: &str = "claims parameter";

/// Claims asked for by name, by where they are to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClaimsRequest {
    /// For the userinfo endpoint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
    /// For the ID token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
    /// The languages that claims are wanted in: the parameter `claims_locales`, never a member of `claims`.
    #[serde(skip_serializing_if = "Locales::is_empty")]
    pub locales: Locales,
}

/// What is asked about one claim. The default asks for it as a voluntary claim, `null` on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimRequest {
    /// Whether the client needs it for what the end-user wants to do.
    pub essential: bool,
    /// The one value the client wants.
    pub value: Option<Value>,
    /// The values the client would take, the most wanted first.
    pub values: Vec<Value>,
}

impl ClaimsRequest {
    /// Parses the JSON text of the parameter. Members this server does not know are ignored.
    ///
    /// # Errors
    /// [`Malformed`] when the text is too long, no JSON object, or a member has the wrong type.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > CLAIMS_REQUEST_MAX_BYTES {
            return Err(Malformed::TooLong { what: WHAT, limit: CLAIMS_REQUEST_MAX_BYTES });
        }
        let document = serde_json::from_str(text).map_err(|_| form("is not JSON"))?;
        Self::from_json(&document)
    }

    /// Reads a JSON document that was parsed already, such as a member of a request object.
    ///
    /// # Errors
    /// [`Malformed`] when it is no object, a member has the wrong type, or there are too many claims.
    pub fn from_json(document: &Value) -> Result<Self, Malformed> {
        let members = document.as_object().ok_or(form("is not a JSON object"))?;
        Ok(Self {
            userinfo: read_destination(members, "userinfo")?,
            id_token: read_destination(members, "id_token")?,
            locales: Locales::default(),
        })
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty() && self.locales.is_empty()
    }
}

fn read_destination(
    members: &Map<String, Value>,
    destination: &str,
) -> Result<BTreeMap<String, ClaimRequest>, Malformed> {
    let claims = match members.get(destination) {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(claims)) => claims,
        Some(_) => {
            return Err(form("has a userinfo or id_token member that is not an object"));
        }
    };
    if claims.len() > CLAIMS_REQUEST_MAX_CLAIMS {
        return Err(Malformed::TooMany { what: WHAT, limit: CLAIMS_REQUEST_MAX_CLAIMS });
    }
    claims.iter().map(|(name, asked)| Ok((name.clone(), ClaimRequest::from_json(asked)?))).collect()
}

impl ClaimRequest {
    fn from_json(asked: &Value) -> Result<Self, Malformed> {
        let members = match asked {
            Value::Null => return Ok(Self::default()),
            Value::Object(members) => members,
            _ => return Err(form("has a claim that is neither null nor an object")),
        };
        let essential = match members.get("essential") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(essential)) => *essential,
            Some(_) => return Err(form("has an essential member that is not true or false")),
        };
        let values = match members.get("values") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) => values.clone(),
            Some(_) => return Err(form("has a values member that is not an array")),
        };
        let value = members.get("value").filter(|value| !value.is_null()).cloned();
        Ok(Self { essential, value, values })
    }

    /// Whether a value is one the client would take; any will do when it named none.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        (self.value.is_none() && self.values.is_empty())
            || self.value.iter().chain(&self.values).any(|wanted| wanted == value)
    }
}

const fn form(why: &'static str) -> Malformed {
    Malformed::Form { what: WHAT, why }
}

impl FromStr for ClaimsRequest {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for ClaimsRequest {
    type Error = Malformed;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for ClaimsRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Value::deserialize(deserializer)?;
        let read = Self::from_json(&stored).map_err(serde::de::Error::custom)?;
        let locales = stored.get("locales").and_then(Value::as_str).map(Locales::parse);
        Ok(Self { locales: locales.unwrap_or_default(), ..read })
    }
}

impl<'de> Deserialize<'de> for ClaimRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Serialize for ClaimRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::default() {
            return serializer.serialize_none();
        }
        let mut members = Map::new();
        if self.essential {
            members.insert("essential".to_owned(), Value::Bool(true));
        }
        if let Some(value) = &self.value {
            members.insert("value".to_owned(), value.clone());
        }
        if !self.values.is_empty() {
            members.insert("values".to_owned(), Value::Array(self.values.clone()));
        }
        members.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
