//! A token opened for reading, without a word on whether it is to be believed (RFC 7519 3, RFC 7515 3.1).

use super::calendar;
use super::claim_words;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::clock::Timestamp;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use serde::Serialize;
use serde_json::{Map, Value};

/// A token as it is and, where it is a JWT, what is in it.
#[derive(Debug, Clone)]
pub(super) struct Decoded {
    raw: String,
    opened: Option<(Map<String, Value>, Map<String, Value>)>,
}

/// A token, as the result page draws it.
#[derive(Debug, Serialize)]
pub(super) struct TokenModel {
    raw: String,
    opaque: bool,
    header: String,
    payload: String,
    claims: Vec<ClaimModel>,
}

/// A claim, what it says and what it is for.
#[derive(Debug, Serialize)]
pub(super) struct ClaimModel {
    name: String,
    value: String,
    /// The value in words, where that is more.
    reading: Option<String>,
    meaning: Option<&'static str>,
}

impl Decoded {
    /// Opens a token. One that is no JWT stays closed: it is only for the server that issued it.
    pub(super) fn read(token: &str) -> Self {
        Self { raw: token.to_owned(), opened: open(token) }
    }

    /// The algorithm its header names.
    pub(super) fn algorithm(&self) -> Option<JwsAlgorithm> {
        self.header("alg")?.parse().ok()
    }

    /// A member of its header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (header, _) = self.opened.as_ref()?;
        header.get(name)?.as_str()
    }

    /// What the page shows of it at that time.
    pub(super) fn model(&self, now: Timestamp) -> TokenModel {
        let (header, payload) = match &self.opened {
            Some((header, payload)) => (pretty(header), payload.clone()),
            None => (String::new(), Map::new()),
        };
        let claims = payload.iter().map(|(name, value)| ClaimModel::new(name, value, now)).collect();
        let shown = if self.opened.is_some() { pretty(&payload) } else { String::new() };
        TokenModel { raw: self.raw.clone(), opaque: self.opened.is_none(), header, payload: shown, claims }
    }
}

impl ClaimModel {
    /// A claim at that time.
    pub(super) fn new(name: &str, value: &Value, now: Timestamp) -> Self {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let is_time = matches!(name, "exp" | "iat" | "nbf" | "auth_time" | "updated_at");
        let moment = value.as_i64().filter(|_| is_time).map(Timestamp);
        let reading = moment.map(|at| format!("{} ({})", calendar::utc(at), calendar::from_now(at, now)));
        Self { name: name.to_owned(), value: text, reading, meaning: claim_words::meaning(name) }
    }
}

/// JSON as people read it.
pub(super) fn pretty(document: &impl Serialize) -> String {
    // A map of JSON values always has a text.
    serde_json::to_string_pretty(document).unwrap_or_default()
}

fn open(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = token.split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    Some((read(header)?, read(payload)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_jwt_opens_and_anything_else_stays_closed() {
        let part = |document: Value| URL_SAFE_NO_PAD.encode(document.to_string());
        let jwt =
            format!("{}.{}.c2ln", part(json!({"alg": "ES256", "kid": "k1"})), part(json!({"sub": "a", "exp": 61})));
        let decoded = Decoded::read(&jwt);
        assert_eq!((decoded.algorithm(), decoded.header("kid")), (Some(JwsAlgorithm::ES256), Some("k1")));
        let model = decoded.model(Timestamp(1));
        assert!(!model.opaque && model.payload.contains("\"sub\": \"a\""));
        let exp = model.claims.iter().find(|claim| claim.name == "exp").unwrap();
        assert_eq!(exp.reading.as_deref(), Some("1 Jan 1970, 00:01:01 UTC (in 1 minute)"));
        for closed in ["", "opaque", "a.b", "a.b.c", &format!("{jwt}.x"), "e30.W10.x"] {
            assert!(Decoded::read(closed).model(Timestamp(1)).opaque, "{closed}");
        }
    }
}
