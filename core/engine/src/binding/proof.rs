//! What a DPoP proof must say (RFC 9449 4.3).

use gatewright_domain::clock::Timestamp;
use gatewright_protocol::dpop::{DpopProof, is_same_target, refused};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::thumbprint::Thumbprint;

/// How long after it was made a proof may come, in seconds; its `jti` is remembered as long.
pub const PROOF_AGE_S_MAX: u64 = 120;
/// How far the clock of whoever made it may be ahead, in seconds.
pub const PROOF_AHEAD_S_MAX: u64 = 30;

/// What a proof is held against.
#[derive(Debug)]
pub(super) struct Expected<'e> {
    /// The request's method.
    pub method: &'e str,
    /// Every URL that the request may have come to.
    pub targets: &'e [String],
    /// The access token that it goes with.
    pub token: Option<&'e str>,
    /// Now.
    pub now: Timestamp,
}

/// Judges what a proof says. Nonce and signature are looked at elsewhere.
pub(super) fn judge(proof: &DpopProof, expected: &Expected<'_>) -> Result<(), Refusal> {
    if proof.htm != expected.method {
        return Err(refused("htm is not the method of the request"));
    }
    if !expected.targets.iter().any(|target| is_same_target(&proof.htu, target)) {
        return Err(refused("htu is not the URL of the request"));
    }
    let (iat, now) = (Timestamp(proof.iat), expected.now);
    if iat < now.minus(PROOF_AGE_S_MAX) {
        return Err(refused("iat lies too far in the past; make a new one for every request"));
    }
    if iat > now.plus(PROOF_AHEAD_S_MAX) {
        return Err(refused("iat lies in the future; set the clock"));
    }
    if proof.exp.is_some_and(|exp| Timestamp(exp) <= now) {
        return Err(refused("it has expired"));
    }
    if proof.nbf.is_some_and(|nbf| Timestamp(nbf) > now.plus(PROOF_AHEAD_S_MAX)) {
        return Err(refused("nbf lies in the future"));
    }
    match (expected.token, &proof.ath) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(refused("ath is missing")),
        (Some(token), Some(ath)) if Thumbprint::of(token.as_bytes()).as_str() == ath => Ok(()),
        (Some(_), Some(_)) => Err(refused("ath is not the hash of the access token")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn judged(changes: &Value) -> Result<(), Refusal> {
        let mut claims = json!({
            "jti": "1", "htm": "GET", "htu": "https://id.example/userinfo", "iat": 1_000_000,
            "ath": Thumbprint::of(b"token").as_str(),
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let header =
            json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": { "kty": "EC", "crv": "P-256", "x": "A", "y": "B" } });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let proof = DpopProof::parse(&format!("{}.{}.c2ln", part(&header), part(&claims))).unwrap();
        let targets = ["https://id.example/userinfo".to_owned(), "https://mtls.example/userinfo".to_owned()];
        let now = Timestamp(1_000_000);
        judge(&proof, &Expected { method: "GET", targets: &targets, token: Some("token"), now })
    }

    #[test]
    fn a_proof_is_for_this_request_and_for_now() {
        let (age, ahead) = (i64::try_from(PROOF_AGE_S_MAX).unwrap(), i64::try_from(PROOF_AHEAD_S_MAX).unwrap());
        for fine in [
            json!({}),
            json!({ "htu": "HTTPS://ID.example:443/userinfo?x=1#y" }),
            json!({ "htu": "https://mtls.example/userinfo" }),
            json!({ "iat": 1_000_010 }),
            json!({ "iat": 999_990 }),
            json!({ "iat": 1_000_000 - age }),
            json!({ "iat": 1_000_000 + ahead }),
            json!({ "exp": 1_000_060, "nbf": 999_990, "more": { "is": "ignored" } }),
        ] {
            assert_eq!(judged(&fine), Ok(()), "{fine}");
        }
        for bad in [
            json!({ "htm": "POST" }),
            json!({ "htm": "get" }),
            json!({ "htu": "https://id.example/token" }),
            json!({ "htu": "https://other.example/userinfo" }),
            json!({ "iat": 1_000_000 - age - 1 }),
            json!({ "iat": 1_000_000 + ahead + 1 }),
            json!({ "iat": 996_400 }),
            json!({ "iat": 1_003_600 }),
            json!({ "exp": 1_000_000 }),
            json!({ "nbf": 1_000_061 }),
            json!({ "ath": null }),
            json!({ "ath": Thumbprint::of(b"other").as_str() }),
            json!({ "ath": "token" }),
        ] {
            assert!(judged(&bad).is_err(), "{bad}");
        }
    }
}
