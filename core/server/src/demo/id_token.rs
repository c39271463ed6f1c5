//! Whether an ID token is to be believed (OpenID Connect Core 3.1.3.7 and 12.2), finding by finding.

use super::decoded::Decoded;
use super::trouble::Trouble;
use gatewright_domain::clock::Timestamp;
use gatewright_protocol::hashes::left_half_hash;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use serde::Serialize;
use serde_json::{Map, Value};

/// How far two clocks may differ, in seconds.
const LEEWAY_S: u64 = 60;

/// Algorithms that are taken: all that sign with a public key.
pub(super) const ALGORITHMS: [JwsAlgorithm; 4] =
    [JwsAlgorithm::ES256, JwsAlgorithm::RS256, JwsAlgorithm::PS256, JwsAlgorithm::EdDSA];

/// What an ID token is held against.
pub(super) struct Expected<'a> {
    /// Who must have signed it.
    pub(super) issuer: &'a str,
    /// Whom it must be for.
    pub(super) client_id: &'a str,
    /// The nonce of the request; none for a refreshed one, which need not repeat it.
    pub(super) nonce: Option<&'a str>,
    /// The subject of the first ID token, for a refreshed one.
    pub(super) subject: Option<&'a str>,
    /// The access token that came with it.
    pub(super) access_token: &'a str,
    /// The time.
    pub(super) now: Timestamp,
}

/// One thing that was found to be as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    what: String,
    /// What was found.
    found: String,
}

impl Finding {
    pub(super) fn new(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), found: found.into() }
    }
}

impl Expected<'_> {
    /// Holds the claims of an ID token whose signature was verified against what is expected.
    pub(super) fn admit(&self, claims: &Map<String, Value>, decoded: &Decoded) -> Result<Vec<Finding>, Trouble> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let mut findings = Vec::new();
        let mut found = |what: &str, value: &str| findings.push(Finding::new(what, value));
        if text("iss") != Some(self.issuer) {
            return Err(Trouble::Claim("iss names another issuer"));
        }
        found("iss", "this server");
        self.admit_audience(claims)?;
        found("aud", "this client");
        self.admit_times(claims)?;
        found("exp, iat", "valid now");
        if let Some(nonce) = self.nonce {
            if text("nonce") != Some(nonce) {
                return Err(Trouble::Claim("nonce is not that of the request"));
            }
            found("nonce", "that of the request");
        }
        let subject = text("sub").ok_or(Trouble::Claim("sub is missing"))?;
        if let Some(first) = self.subject {
            if subject != first {
                return Err(Trouble::Claim("sub is another end-user's"));
            }
            found("sub", "the same end-user as before");
        }
        if let Some(hash) = text("at_hash") {
            let expected = decoded.algorithm().map(|algorithm| left_half_hash(algorithm, self.access_token));
            if expected.as_deref() != Some(hash) {
                return Err(Trouble::Claim("at_hash belongs to another access token"));
            }
            found("at_hash", "that of the access token");
        }
        Ok(findings)
    }

    fn admit_audience(&self, claims: &Map<String, Value>) -> Result<(), Trouble> {
        let ours = |value: &Value| value.as_str() == Some(self.client_id);
        match claims.get("aud") {
            Some(Value::Array(audiences)) if audiences.iter().any(ours) => {
                let alone = audiences.len() == 1 || claims.get("azp").is_some_and(ours);
                if alone { Ok(()) } else { Err(Trouble::Claim("azp names another client")) }
            }
            Some(audience) if ours(audience) => Ok(()),
            _ => Err(Trouble::Claim("aud names another client")),
        }
    }

    fn admit_times(&self, claims: &Map<String, Value>) -> Result<(), Trouble> {
        let time = |name: &str| claims.get(name).and_then(Value::as_i64).map(Timestamp);
        let expires_at = time("exp").ok_or(Trouble::Claim("exp is missing"))?;
        if expires_at.plus(LEEWAY_S) <= self.now {
            return Err(Trouble::Claim("exp has passed"));
        }
        let issued_at = time("iat").ok_or(Trouble::Claim("iat is missing"))?;
        if issued_at > self.now.plus(LEEWAY_S) {
            return Err(Trouble::Claim("iat lies in the future"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_000_000;

    fn admit(change: impl Fn(&mut Map<String, Value>)) -> Result<Vec<Finding>, Trouble> {
        let mut claims = json!({
            "iss": "https://id.example", "sub": "alice-1", "aud": "demo", "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "at_hash": left_half_hash(JwsAlgorithm::ES256, "at"),
        });
        let claims = claims.as_object_mut().unwrap();
        change(claims);
        let decoded = Decoded::read("eyJhbGciOiJFUzI1NiJ9.e30.AA");
        let expected = Expected {
            issuer: "https://id.example",
            client_id: "demo",
            nonce: Some("n"),
            subject: Some("alice-1"),
            access_token: "at",
            now: Timestamp(NOW),
        };
        expected.admit(claims, &decoded)
    }

    #[test]
    fn an_id_token_as_it_must_be_is_believed_and_every_finding_told() {
        let findings = admit(|_| {}).unwrap();
        let looked_at: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(looked_at, ["iss", "aud", "exp, iat", "nonce", "sub", "at_hash"]);
        assert!(admit(|claims| drop(claims.insert("aud".into(), json!(["demo"])))).is_ok());
        assert!(
            admit(|claims| drop(claims.insert("exp".into(), json!(NOW - 59)))).is_ok(),
            "clocks may differ a little"
        );
        let several = |azp: &'static str| {
            admit(move |claims| {
                claims.insert("aud".into(), json!(["demo", "other"]));
                claims.insert("azp".into(), json!(azp));
            })
        };
        assert!(several("demo").is_ok() && several("other").is_err());
    }

    #[test]
    fn an_id_token_with_any_claim_wrong_or_missing_is_not_believed() {
        for (claim, wrong) in [
            ("iss", json!("https://other.example")),
            ("sub", json!("bob-2")),
            ("sub", json!(7)),
            ("aud", json!("other")),
            ("aud", json!(["other"])),
            ("exp", json!(NOW - 60)),
            ("exp", json!("soon")),
            ("iat", json!(NOW + 61)),
            ("iat", json!(null)),
            ("nonce", json!("m")),
            ("nonce", json!(null)),
            ("at_hash", json!("x")),
        ] {
            let refused = admit(|claims| drop(claims.insert(claim.into(), wrong.clone())));
            assert!(matches!(refused, Err(Trouble::Claim(said)) if said.contains(claim)), "{claim}: {wrong}");
        }
    }
}
