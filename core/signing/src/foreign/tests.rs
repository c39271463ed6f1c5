//! What clients sign, and what others sign in their name.

use super::*;
use crate::client_keys::{JWKS_KEYS_MAX, KEYS_TRIED_MAX};
use crate::fakes::PAIRED;
use crate::signing_key::{SigningKey, generate_jwk};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::signing::TokenType;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::json;

fn made(kid: &str, algorithm: JwsAlgorithm) -> SigningKey {
    let id = KeyId::parse(kid).unwrap();
    SigningKey::parse(&id, algorithm, &generate_jwk(&id, algorithm).unwrap()).unwrap()
}

fn claims() -> Map<String, Value> {
    json!({ "iss": "client", "jti": "1" }).as_object().unwrap().clone()
}

fn signed_by(key: &SigningKey) -> String {
    key.sign(TokenType::Jwt, &claims()).unwrap()
}

fn jwks(keys: &[&SigningKey]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public_jwk()).collect::<Vec<_>>() })
}

fn without(jwks: &Value, member: &str) -> Value {
    let mut jwks = jwks.clone();
    for key in jwks["keys"].as_array_mut().unwrap() {
        key.as_object_mut().unwrap().remove(member);
    }
    jwks
}

fn verified(jwt: &str, jwks: &Value) -> Result<Map<String, Value>, JwtRejected> {
    ForeignVerifier::default().verify_with_jwks(jwt, jwks, &PAIRED)
}

/// `jwt` with its header replaced and its signature kept.
fn with_header(jwt: &str, header: &Value) -> String {
    let rest = jwt.split_once('.').unwrap().1;
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

fn signed_with_hmac(header: &Value, secret: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(&Value::Object(claims())));
    let signature = hmac_sha256(secret, &[signed.as_bytes()]);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn every_asymmetric_algorithm_verifies_with_the_clients_keys() {
    for algorithm in PAIRED {
        let key = made("k", algorithm);
        let set = jwks(&[&key]);
        assert_eq!(verified(&signed_by(&key), &set).unwrap(), claims(), "{algorithm}");
        for member in ["kid", "alg", "use"] {
            assert!(verified(&signed_by(&key), &without(&set, member)).is_ok(), "{algorithm} without {member}");
        }
        let others: Vec<JwsAlgorithm> = PAIRED.into_iter().filter(|other| *other != algorithm).collect();
        let refused = ForeignVerifier::default().verify_with_jwks(&signed_by(&key), &set, &others);
        assert_eq!(refused, Err(JwtRejected::Algorithm), "{algorithm} where it is not allowed");
    }
}

#[test]
fn a_jwt_altered_in_any_part_is_refused() {
    for algorithm in PAIRED {
        let key = made("k", algorithm);
        let jwt = signed_by(&key);
        let parts: Vec<&str> = jwt.split('.').collect();
        let other = URL_SAFE_NO_PAD.encode(r#"{"iss":"victim","jti":"1"}"#);
        let altered = format!("{}.{other}.{}", parts[0], parts[2]);
        assert_eq!(verified(&altered, &jwks(&[&key])), Err(JwtRejected::Signature), "{algorithm} payload");
        let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        signature[40] ^= 1;
        let altered = format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(verified(&altered, &jwks(&[&key])), Err(JwtRejected::Signature), "{algorithm} signature");
        let altered = with_header(&jwt, &json!({ "alg": algorithm.as_str(), "kid": "k" }));
        assert_eq!(verified(&altered, &jwks(&[&key])), Err(JwtRejected::Signature), "{algorithm} header");
        let altered = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(verified(&altered, &jwks(&[&key])), Err(JwtRejected::Signature), "{algorithm} unsigned");
    }
}

#[test]
fn none_and_symmetric_algorithms_are_refused_whatever_is_allowed() {
    let key = made("k", JwsAlgorithm::RS256);
    let everything = JwsAlgorithm::ALL;
    for alg in ["none", "None", "HS256", "HS384", "HS512"] {
        let jwt = with_header(&signed_by(&key), &json!({ "alg": alg, "kid": "k" }));
        let refused = ForeignVerifier::default().verify_with_jwks(&jwt, &jwks(&[&key]), everything);
        assert_eq!(refused, Err(JwtRejected::Algorithm), "{alg}");
    }
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let key = made("k", JwsAlgorithm::RS256);
    let modulus = key.public_jwk()["n"].as_str().unwrap();
    let number = openssl::bn::BigNum::from_slice(&URL_SAFE_NO_PAD.decode(modulus).unwrap()).unwrap();
    let rsa = Rsa::from_public_components(number, openssl::bn::BigNum::from_u32(65537).unwrap()).unwrap();
    let pem = PKey::from_rsa(rsa).unwrap().public_key_to_pem().unwrap();
    let set = jwks(&[&key]);
    for secret in [pem.as_slice(), modulus.as_bytes(), set.to_string().as_bytes()] {
        let jwt = signed_with_hmac(&json!({ "alg": "HS256", "kid": "k" }), secret);
        let refused = ForeignVerifier::default().verify_with_jwks(&jwt, &set, JwsAlgorithm::ALL);
        assert_eq!(refused, Err(JwtRejected::Algorithm));
    }
    // A symmetric key in the set changes nothing.
    let oct = json!({ "keys": [{ "kty": "oct", "kid": "k", "k": URL_SAFE_NO_PAD.encode([7; 32]) }] });
    let jwt = signed_with_hmac(&json!({ "alg": "HS256", "kid": "k" }), &[7; 32]);
    let refused = ForeignVerifier::default().verify_with_jwks(&jwt, &oct, JwsAlgorithm::ALL);
    assert_eq!(refused, Err(JwtRejected::Algorithm));
}

#[test]
fn a_key_that_the_jwt_brings_along_is_not_used() {
    let (client, attacker) = (made("k", JwsAlgorithm::ES256), made("k", JwsAlgorithm::ES256));
    let header = json!({
        "alg": "ES256",
        "kid": "k",
        "jwk": attacker.public_jwk(),
        "jku": "https://attacker.example/jwks",
        "x5u": "https://attacker.example/cert",
        "x5c": ["AAAA"],
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&Value::Object(claims())));
    let id = KeyId::parse("k").unwrap();
    let jwk = josekit::jwk::Jwk::from_bytes(generate_jwk(&id, JwsAlgorithm::ES256).unwrap().expose()).unwrap();
    let signer = josekit::jws::ES256.signer_from_jwk(&jwk).unwrap();
    let signature = josekit::jws::JwsSigner::sign(&signer, signed.as_bytes()).unwrap();
    let jwt = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(verified(&jwt, &jwks(&[&client])), Err(JwtRejected::Signature));
}

#[test]
fn an_extension_that_must_be_understood_is_refused() {
    let key = made("k", JwsAlgorithm::ES256);
    let jwt = with_header(&signed_by(&key), &json!({ "alg": "ES256", "kid": "k", "crit": ["exp"], "exp": 1 }));
    assert_eq!(verified(&jwt, &jwks(&[&key])), Err(JwtRejected::Malformed));
}

#[test]
fn the_named_key_is_used_and_a_missing_name_asks_for_newer_keys() {
    let (one, two) = (made("one", JwsAlgorithm::ES256), made("two", JwsAlgorithm::ES256));
    assert!(verified(&signed_by(&two), &jwks(&[&one, &two])).is_ok());
    assert_eq!(verified(&signed_by(&two), &jwks(&[&one])), Err(JwtRejected::UnknownKey));
    // Nameless keys stand in, but when they do not verify it is still the name that is missing.
    let nameless = without(&jwks(&[&one, &two]), "kid");
    assert!(verified(&signed_by(&two), &nameless).is_ok());
    assert_eq!(verified(&signed_by(&two), &without(&jwks(&[&one]), "kid")), Err(JwtRejected::UnknownKey));
    // Of several keys of one name each is tried.
    let namesake = made("two", JwsAlgorithm::ES256);
    assert!(verified(&signed_by(&two), &jwks(&[&namesake, &two])).is_ok());
    // A name cannot lead to a key of another kind.
    let rsa = made("two", JwsAlgorithm::RS256);
    assert_eq!(verified(&signed_by(&two), &jwks(&[&rsa])), Err(JwtRejected::UnknownKey));
}

#[test]
fn without_a_name_every_key_that_fits_is_tried_up_to_the_limit() {
    let signer = made("signer", JwsAlgorithm::EdDSA);
    let jwt = {
        // A JWT without `kid`, signed over that header.
        let id = KeyId::parse("signer").unwrap();
        let private = generate_jwk(&id, JwsAlgorithm::EdDSA).unwrap();
        let jwk = josekit::jwk::Jwk::from_bytes(private.expose()).unwrap();
        let key = SigningKey::parse(&id, JwsAlgorithm::EdDSA, &private).unwrap();
        let mut unnamed = josekit::jws::EdDSA.signer_from_jwk(&jwk).unwrap();
        unnamed.remove_key_id();
        let payload = Value::Object(claims()).to_string();
        let header = josekit::jws::JwsHeader::new();
        (josekit::jws::serialize_compact(payload.as_bytes(), &header, &unnamed).unwrap(), key)
    };
    let (jwt, right) = jwt;
    let wrong: Vec<SigningKey> = (0..KEYS_TRIED_MAX).map(|_| made("other", JwsAlgorithm::EdDSA)).collect();
    let set_with = |before: usize| {
        let mut keys: Vec<&SigningKey> = wrong[..before].iter().collect();
        keys.push(&right);
        jwks(&keys)
    };
    assert!(verified(&jwt, &set_with(0)).is_ok());
    assert!(verified(&jwt, &set_with(KEYS_TRIED_MAX - 1)).is_ok());
    assert_eq!(verified(&jwt, &set_with(KEYS_TRIED_MAX)), Err(JwtRejected::Signature));
    assert_eq!(verified(&jwt, &jwks(&[&signer])), Err(JwtRejected::Signature));
}

#[test]
fn a_key_set_that_is_none_or_too_large_has_no_key() {
    let key = made("k", JwsAlgorithm::ES256);
    let jwt = signed_by(&key);
    let many = |count: usize| json!({ "keys": vec![key.public_jwk(); count] });
    assert!(verified(&jwt, &many(JWKS_KEYS_MAX)).is_ok());
    for set in [
        many(JWKS_KEYS_MAX + 1),
        json!({}),
        json!({ "keys": {} }),
        json!({ "keys": [] }),
        json!({ "keys": [null, 7, "k"] }),
        json!([key.public_jwk()]),
        json!(null),
    ] {
        assert_eq!(verified(&jwt, &set), Err(JwtRejected::UnknownKey));
    }
}

#[test]
fn a_shared_secret_verifies_hs256_and_nothing_else() {
    let secret = "0123456789abcdef0123456789abcdef";
    assert_eq!(secret.len(), SHARED_SECRET_BYTES_MIN);
    let with = |jwt: &str, secret: &str| ForeignVerifier::default().verify_with_secret(jwt, &SecretText::new(secret));
    let jwt = signed_with_hmac(&json!({ "alg": "HS256" }), secret.as_bytes());
    assert_eq!(with(&jwt, secret).unwrap(), claims());
    assert_eq!(with(&jwt, &secret.replace('0', "1")), Err(JwtRejected::Signature));
    assert_eq!(with(&jwt, &secret[1..]), Err(JwtRejected::UnknownKey), "RFC 7518 3.2");
    let short = signed_with_hmac(&json!({ "alg": "HS256" }), b"");
    assert_eq!(with(&short, ""), Err(JwtRejected::UnknownKey));
    for alg in ["none", "HS512", "RS256", "ES256"] {
        let jwt = signed_with_hmac(&json!({ "alg": alg }), secret.as_bytes());
        assert_eq!(with(&jwt, secret), Err(JwtRejected::Algorithm), "{alg}");
    }
    let crit = signed_with_hmac(&json!({ "alg": "HS256", "crit": ["b64"] }), secret.as_bytes());
    assert_eq!(with(&crit, secret), Err(JwtRejected::Malformed));
    let cut = jwt.rsplit_once('.').unwrap().0;
    assert_eq!(with(&format!("{cut}."), secret), Err(JwtRejected::Signature));
}

#[test]
fn the_example_of_rfc_7515_a_1_verifies() {
    // The RFC's secret is binary, so the digest is compared beneath the text interface.
    let jwt = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let secret = URL_SAFE_NO_PAD.decode(secret).unwrap();
    let claims = Compact::parse(jwt).unwrap().claims(|signed, signature| hmac_sha256(&secret, &[signed]) == signature);
    assert_eq!(claims.unwrap()["iss"], "joe");
}

#[test]
fn the_examples_of_rfc_7515_and_8037_verify() {
    let rs256 = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    let rsa = json!({ "keys": [{ "kty": "RSA", "n": n, "e": "AQAB" }] });
    assert_eq!(verified(rs256, &rsa).unwrap()["iss"], "joe");
    let es256 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let elliptic = json!({ "keys": [{
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }] });
    assert_eq!(verified(es256, &elliptic).unwrap()["iss"], "joe");
    // RFC 8037 A.4 signs a text that is no JSON, so the signature is what is looked at.
    let eddsa = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let edwards = json!({ "keys": [{
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }] });
    assert_eq!(verified(eddsa, &edwards), Err(JwtRejected::Malformed), "signed, and no claims");
    assert_eq!(verified(&eddsa.replace("RXhh", "RXhi"), &edwards), Err(JwtRejected::Signature));
}

#[test]
fn a_key_that_came_along_verifies_its_own_signatures_by_its_own_algorithm_alone() {
    let (key, other) = (made("k", JwsAlgorithm::ES256), made("o", JwsAlgorithm::ES256));
    let brought = |key: &SigningKey| PublicJwk::parse(key.public_jwk()).unwrap();
    let jwt = signed_by(&key);
    let with = |key: &PublicJwk, algorithm| ForeignVerifier::default().verify_with_key(&jwt, key, algorithm);
    assert_eq!(with(&brought(&key), JwsAlgorithm::ES256), Ok(claims()));
    assert_eq!(with(&brought(&other), JwsAlgorithm::ES256), Err(JwtRejected::Signature));
    assert_eq!(with(&brought(&key), JwsAlgorithm::EdDSA), Err(JwtRejected::Algorithm));
    let off = PublicJwk::parse(&json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "BB" })).unwrap();
    assert_eq!(with(&off, JwsAlgorithm::ES256), Err(JwtRejected::UnknownKey));
    let unsigned = with_header(&jwt, &json!({ "alg": "none" }));
    assert!(ForeignVerifier::default().verify_with_key(&unsigned, &brought(&key), JwsAlgorithm::ES256).is_err());
}
