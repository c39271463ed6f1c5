//! What a client's assertion must say (RFC 7523 3, OpenID Connect Core 9).

use crate::authorization::names_audience;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::Refusal;
use serde_json::{Map, Value};

/// How far a client's clock may be ahead, in seconds.
pub const SKEW_S: u64 = 30;
/// Longest life of an assertion, in seconds; its `jti` is remembered as long.
pub const ASSERTION_S_MAX: u64 = 3600;

/// An assertion whose claims fit; its `jti` must still be new.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FittingAssertion {
    /// Hash of client and `jti`.
    pub jti: TokenHash,
    /// When it can be forgotten.
    pub expires_at: Timestamp,
}

/// Whom an assertion must be for.
#[derive(Debug)]
pub(crate) enum Audience<'i> {
    /// One of these, perhaps among others.
    Among(Vec<String>),
    /// This text and nothing else, no list of one either (FAPI 2.0 Security Profile 5.3.2.1).
    Exactly(&'i str),
}

impl Audience<'_> {
    fn is_met_by(&self, aud: Option<&Value>) -> bool {
        match self {
            Self::Among(audiences) => audiences.iter().any(|audience| names_audience(aud, audience)),
            Self::Exactly(audience) => aud.and_then(Value::as_str) == Some(audience),
        }
    }
}

/// Judges the claims of an assertion whose signature is right.
pub(crate) fn judge(
    claims: &Map<String, Value>,
    client: &ClientId,
    audience: &Audience<'_>,
    now: Timestamp,
) -> Result<FittingAssertion, Refusal> {
    let refuse = |why: &str| Err(Refusal::invalid_client(format!("The client assertion is not accepted: {why}.")));
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client.as_str()) || text("sub") != Some(client.as_str()) {
        return refuse("iss and sub must both be the client_id");
    }
    if !audience.is_met_by(claims.get("aud")) {
        return refuse("aud must be the issuer");
    }
    let Some(exp) = seconds(claims.get("exp")) else { return refuse("exp is missing") };
    if exp <= now {
        return refuse("it has expired");
    }
    if exp > now.plus(ASSERTION_S_MAX) {
        return refuse("it lives too long");
    }
    for name in ["nbf", "iat"] {
        match (claims.get(name), seconds(claims.get(name))) {
            (None, _) => {}
            (Some(_), Some(at)) if at <= now.plus(SKEW_S) => {}
            _ => return refuse("nbf or iat lies in the future"),
        }
    }
    match text("jti").filter(|jti| !jti.is_empty()) {
        None => refuse("jti is missing"),
        Some(jti) => Ok(FittingAssertion { jti: TokenHash::of(&format!("{client} {jti}")), expires_at: exp }),
    }
}

/// The client that an assertion says it is of, before anything is verified (RFC 7521 4.2).
pub(crate) fn claimed_client(assertion: &str) -> Option<ClientId> {
    let payload = assertion.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    ClientId::try_from(claims.get("sub")?.as_str()?).ok()
}

/// A NumericDate (RFC 7519 2) in whole seconds.
pub(crate) fn seconds(claim: Option<&Value>) -> Option<Timestamp> {
    let claim = claim?;
    let whole = claim.as_i64();
    // NumericDate may have a fraction (RFC 7519 2); whole seconds decide.
    #[expect(clippy::cast_possible_truncation, reason = "a float out of range saturates, and then refuses")]
    let seconds = whole.or_else(|| claim.as_f64().map(|float| float as i64))?;
    Some(Timestamp(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn an_assertion_is_for_us_now_once() {
        let client = ClientId::try_from("c1").unwrap();
        let audiences = Audience::Among(vec!["https://id.example".to_owned(), "https://id.example/token".to_owned()]);
        let now = Timestamp(1_000_000);
        let good = json!({ "iss": "c1", "sub": "c1", "aud": "https://id.example", "exp": 1_000_060, "jti": "1" });
        let with = |changes: Value| {
            let mut claims = good.as_object().cloned().unwrap();
            for (name, value) in changes.as_object().cloned().unwrap() {
                if value.is_null() {
                    claims.remove(&name)
                } else {
                    claims.insert(name, value)
                };
            }
            judge(&claims, &client, &audiences, now)
        };
        for fine in [
            json!({}),
            json!({ "aud": ["x", "https://id.example/token"] }),
            json!({ "nbf": 1_000_008, "iat": 999_990 }),
            json!({ "exp": 1_000_060.5 }),
        ] {
            assert!(with(fine.clone()).is_ok(), "{fine}");
        }
        for bad in [
            json!({ "iss": "c2" }),
            json!({ "sub": null }),
            json!({ "aud": "https://other.example" }),
            json!({ "aud": null }),
            json!({ "exp": 1_000_000 }),
            json!({ "exp": null }),
            json!({ "exp": "soon" }),
            json!({ "exp": 1_003_601 }),
            json!({ "nbf": 1_000_061 }),
            json!({ "iat": "now" }),
            json!({ "jti": null }),
            json!({ "jti": "" }),
        ] {
            assert!(with(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_exact_audience_is_the_issuers_text_and_no_list_and_no_endpoint() {
        let exact = Audience::Exactly("https://id.example");
        assert!(exact.is_met_by(Some(&json!("https://id.example"))));
        for other in [
            json!(["https://id.example"]),
            json!(["https://id.example", "https://other.example"]),
            json!("https://id.example/"),
            json!("https://id.example/token"),
            json!("https://id.example/par"),
            json!(null),
        ] {
            assert!(!exact.is_met_by(Some(&other)), "{other}");
        }
        assert!(!exact.is_met_by(None));
    }

    proptest! {
        #[test]
        fn claims_of_any_kind_are_judged_and_only_whole_ones_accepted(
            values in proptest::collection::vec(
                prop_oneof![
                    Just(json!(null)),
                    Just(json!("c1")),
                    Just(json!("https://id.example")),
                    Just(json!(["https://id.example", 5])),
                    Just(json!({})),
                    any::<i64>().prop_map(|number| json!(number)),
                    any::<f64>().prop_map(|number| json!(number)),
                    any::<String>().prop_map(|text| json!(text)),
                    (999_990i64..1_003_610).prop_map(|number| json!(number)),
                ],
                7,
            ),
        ) {
            let names = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
            let claims: Map<String, Value> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
            let now = Timestamp(1_000_000);
            let client = ClientId::try_from("c1").unwrap();
            if let Ok(fitting) = judge(&claims, &client, &Audience::Exactly("https://id.example"), now) {
                prop_assert!(claims["iss"] == "c1" && claims["sub"] == "c1" && claims["jti"].is_string());
                prop_assert!(now < fitting.expires_at && fitting.expires_at <= now.plus(ASSERTION_S_MAX));
            }
        }

        #[test]
        fn no_text_is_too_strange_to_look_for_its_client(text in "\\PC{0,40}|[A-Za-z0-9_.-]{0,60}") {
            prop_assert!(claimed_client(&text).is_none());
        }
    }
}
