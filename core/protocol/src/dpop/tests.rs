//! Every way in which a proof cannot be read.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn proof(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(header), part(claims))
}

fn header(changes: &Value) -> Value {
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB" });
    changed(json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk }), changes)
}

fn claims(changes: &Value) -> Value {
    changed(json!({ "jti": "1", "htm": "POST", "htu": "https://as.example/token", "iat": 1000 }), changes)
}

fn changed(mut whole: Value, changes: &Value) -> Value {
    let members = whole.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => members.remove(name),
            value => members.insert(name.clone(), value.clone()),
        };
    }
    whole
}

#[test]
fn a_proof_is_taken_apart_and_what_else_it_says_is_ignored() {
    let text = proof(
        &header(&json!({ "kid": "1" })),
        &claims(&json!({ "ath": "h", "nonce": "n", "iat": 1000.5, "exp": 1060, "nbf": 990, "more": [] })),
    );
    let read = DpopProof::parse(&text).unwrap();
    assert_eq!((read.algorithm, read.iat, read.exp, read.nbf), (JwsAlgorithm::ES256, 1000, Some(1060), Some(990)));
    assert_eq!((read.ath.as_deref(), read.nonce.as_deref()), (Some("h"), Some("n")));
}

#[test]
fn a_header_that_is_not_a_proofs_is_refused() {
    for changes in [
        json!({ "typ": null }),
        json!({ "typ": "JWT" }),
        json!({ "typ": "DPoP+jwt" }),
        json!({ "alg": null }),
        json!({ "alg": "none" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "EdDSA" }),
        json!({ "jwk": null }),
        json!({ "jwk": "text" }),
        json!({ "jwk": { "kty": "oct", "k": "AA" } }),
        json!({ "jwk": { "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "d": "CC" } }),
        json!({ "jwk": { "kty": "EC", "crv": "P-384", "x": "AA", "y": "BB" } }),
        json!({ "jwk": { "kty": "RSA", "n": "AA", "e": "AQAB", "p": "CC" }, "alg": "PS256" }),
        json!({ "crit": ["b64"] }),
    ] {
        let refused = DpopProof::parse(&proof(&header(&changes), &claims(&json!({}))));
        assert_eq!(refused.unwrap_err().code(), ErrorCode::InvalidDpopProof, "{changes}");
    }
}

#[test]
fn claims_that_are_missing_or_of_another_type_are_refused() {
    for changes in [
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "jti": "x".repeat(JTI_MAX_BYTES + 1) }),
        json!({ "htm": null }),
        json!({ "htu": null }),
        json!({ "htu": ["https://as.example/token"] }),
        json!({ "iat": null }),
        json!({ "iat": "1000" }),
        json!({ "exp": "soon" }),
        json!({ "ath": 7 }),
        json!({ "nonce": {} }),
    ] {
        let refused = DpopProof::parse(&proof(&header(&json!({})), &claims(&changes)));
        assert_eq!(refused.unwrap_err().code(), ErrorCode::InvalidDpopProof, "{changes}");
    }
}

#[test]
fn what_is_no_jwt_is_refused() {
    let good = proof(&header(&json!({})), &claims(&json!({})));
    assert!(DpopProof::parse(&good).is_ok());
    let long = format!("{good}{}", "A".repeat(PROOF_MAX_BYTES));
    for text in ["", ".", "..", "a.b.c", "e30.e30.", &format!("{good}.x"), &format!("{good}, {good}"), &long] {
        assert_eq!(DpopProof::parse(text).unwrap_err().code(), ErrorCode::InvalidDpopProof, "{text:.60}");
    }
}

#[test]
fn a_target_is_the_same_in_every_form_of_its_url() {
    let target = "https://as.example/token";
    for same in [
        target,
        "HTTPS://AS.example/token",
        "https://as.example:443/token",
        "https://as.example/token?x=1",
        "https://as.example/token#f",
        "https://as.example/a/../token",
    ] {
        assert!(is_same_target(same, target), "{same}");
    }
    for other in [
        "http://as.example/token",
        "https://as.example:8443/token",
        "https://as.example/Token",
        "https://as.example/token/",
        "https://as.example.evil/token",
        "https://user@as.example/token",
        "/token",
        "",
    ] {
        assert!(!is_same_target(other, target), "{other}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}|[A-Za-z0-9_.-]{0,200}") {
        prop_assert!(DpopProof::parse(&text).is_err());
    }

    #[test]
    fn any_claims_are_read_or_refused(name in "jti|htm|htu|iat|exp|nbf|ath|nonce", number in any::<f64>(), text in ".{0,20}") {
        for value in [json!(number), json!(text), json!([text])] {
            let read = DpopProof::parse(&proof(&header(&json!({})), &claims(&json!({ name.clone(): value }))));
            prop_assert!(read.is_ok() || read.unwrap_err().code() == ErrorCode::InvalidDpopProof);
        }
    }
}
