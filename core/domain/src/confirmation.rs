//! What the sender of a token must have: a key (RFC 9449 6) or a certificate (RFC 8705 3), as the claim `cnf` says it
//! (RFC 7800 3).

use gatewright_protocol::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The claim.
pub const CONFIRMATION_CLAIM: &str = "cnf";

/// What a token is bound to; nothing for a bearer token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The key that its sender shows to have by a DPoP proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<Thumbprint>,
    /// The certificate that its sender shows in the TLS handshake.
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Thumbprint>,
}

/// A token that is bound to something that this server does not understand: nobody can show to have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is bound to something unknown")]
pub struct UnknownConfirmation;

impl Confirmation {
    /// Whether it binds to nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What the claims of a token bind it to.
    ///
    /// # Errors
    /// The claim is there and says something that is not understood.
    pub fn of(claims: &Map<String, Value>) -> Result<Self, UnknownConfirmation> {
        match claims.get(CONFIRMATION_CLAIM) {
            None => Ok(Self::default()),
            Some(claim) => match Self::deserialize(claim) {
                Ok(found) if !found.is_none() => Ok(found),
                _ => Err(UnknownConfirmation),
            },
        }
    }

    /// The claim's value.
    pub fn claim(&self) -> Value {
        let mut members = Map::new();
        for (name, thumbprint) in [("jkt", &self.jkt), ("x5t#S256", &self.certificate)] {
            if let Some(thumbprint) = thumbprint {
                members.insert(name.to_owned(), thumbprint.as_str().into());
            }
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(claim: Value) -> Result<Confirmation, UnknownConfirmation> {
        Confirmation::of(json!({ "cnf": claim }).as_object().unwrap())
    }

    #[test]
    fn the_claim_says_what_it_was_made_of() {
        let both = Confirmation { jkt: Some(Thumbprint::of(b"k")), certificate: Some(Thumbprint::of(b"c")) };
        assert_eq!(of(both.claim()), Ok(both.clone()));
        assert_eq!(serde_json::to_value(&both).unwrap(), both.claim());
        assert_eq!(Confirmation::of(&Map::new()), Ok(Confirmation::default()));
    }

    #[test]
    fn what_is_not_understood_is_not_taken_for_nothing() {
        for claim in [json!({}), json!(null), json!("x"), json!({ "jkt": "short" }), json!({ "kid": "1" })] {
            assert_eq!(of(claim.clone()), Err(UnknownConfirmation), "{claim}");
        }
        let more = json!({ "jkt": Thumbprint::of(b"k").as_str(), "osc": {} });
        assert_eq!(of(more), Err(UnknownConfirmation));
    }
}
