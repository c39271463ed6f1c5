//! What an ID token must say (OpenID Connect Core 3.1.3.7), once its signature is verified.

use gatewright_domain::clock::Timestamp;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

/// How far the clocks of two servers may differ, in seconds.
pub(super) const LEEWAY_S: u64 = 60;
/// Longest `sub`, in bytes (OpenID Connect Core 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// What it must say.
pub(super) struct Expected<'e> {
    pub issuer: &'e str,
    pub client_id: &'e str,
    pub nonce: &'e str,
}

/// Who it speaks of.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn admit(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<String, &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err("its ID token is of another issuer");
    }
    let several = match claims.get("aud") {
        Some(Value::String(one)) if one == expected.client_id => false,
        Some(Value::Array(many)) if many.iter().any(|one| one == expected.client_id) => many.len() > 1,
        _ => return Err("its ID token is for another client"),
    };
    match text("azp") {
        Some(party) if party != expected.client_id => return Err("its ID token was issued to another client"),
        None if several => return Err("its ID token is for several clients and does not say whom it was issued to"),
        _ => {}
    }
    let ends = claims.get("exp").and_then(Value::as_f64).ok_or("its ID token has no end")?;
    if ends <= now.minus(LEEWAY_S).0 as f64 {
        return Err("its ID token has expired");
    }
    let begins = claims.get("iat").and_then(Value::as_f64).ok_or("its ID token does not say when it was issued")?;
    if begins > now.plus(LEEWAY_S).0 as f64 {
        return Err("its ID token was issued in the future; does a clock go wrong?");
    }
    let nonce = text("nonce").unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err("its ID token is of another sign-in");
    }
    let subject = text("sub").filter(|sub| (1..=SUBJECT_BYTES_MAX).contains(&sub.len()));
    subject.map(str::to_owned).ok_or("its ID token names nobody")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn sound() -> Value {
        json!({ "iss": "https://up.example", "aud": "us", "sub": "u-1", "nonce": "n", "exp": 1_000_300, "iat": 1_000_000 })
    }

    fn said(changes: Value) -> Result<String, &'static str> {
        let mut claims = sound();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        let expected = Expected { issuer: "https://up.example", client_id: "us", nonce: "n" };
        admit(claims.as_object().unwrap(), &expected, NOW)
    }

    #[test]
    fn a_sound_id_token_names_its_subject() {
        assert_eq!(said(json!({})).as_deref(), Ok("u-1"));
        assert_eq!(said(json!({ "aud": ["us"] })).as_deref(), Ok("u-1"));
        assert_eq!(said(json!({ "aud": ["us", "them"], "azp": "us" })).as_deref(), Ok("u-1"));
        assert_eq!(said(json!({ "exp": 1_000_000 - LEEWAY_S + 1 })).as_deref(), Ok("u-1"));
    }

    #[test]
    fn each_rule_refuses_what_breaks_it() {
        let rows = [
            (json!({ "iss": "https://up.example/" }), "another issuer"),
            (json!({ "iss": null }), "another issuer"),
            (json!({ "aud": "them" }), "another client"),
            (json!({ "aud": null }), "another client"),
            (json!({ "aud": ["them"] }), "another client"),
            (json!({ "aud": ["us", "them"] }), "several clients"),
            (json!({ "azp": "them" }), "issued to another client"),
            (json!({ "exp": 1_000_000 - LEEWAY_S }), "expired"),
            (json!({ "exp": null }), "no end"),
            (json!({ "exp": "1000300" }), "no end"),
            (json!({ "iat": 1_000_001 + LEEWAY_S }), "future"),
            (json!({ "iat": null }), "when it was issued"),
            (json!({ "nonce": "m" }), "another sign-in"),
            (json!({ "nonce": null }), "another sign-in"),
            (json!({ "sub": "" }), "nobody"),
            (json!({ "sub": 7 }), "nobody"),
            (json!({ "sub": "x".repeat(SUBJECT_BYTES_MAX + 1) }), "nobody"),
        ];
        for (changes, words) in rows {
            let refused = said(changes.clone()).unwrap_err();
            assert!(refused.contains(words), "{changes}: {refused}");
        }
    }
}
