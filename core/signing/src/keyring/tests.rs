//! The server's own keys, seen from those who sign and verify with them.

use super::*;
use crate::fakes::{Nodes, PAIRED};
use crate::mac::hmac_sha256;
use crate::master_key::MasterKey;
use crate::sealer::MasterSealer;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::secret::SecretText;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};
use std::sync::atomic::Ordering;

fn claims() -> Map<String, Value> {
    json!({ "iss": "https://as.example", "sub": "s", "exp": 1_000_300 }).as_object().unwrap().clone()
}

fn header_of(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').next().unwrap()).unwrap()).unwrap()
}

fn with_header(jwt: &str, header: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), jwt.split_once('.').unwrap().1)
}

#[tokio::test]
async fn every_algorithm_signs_what_it_verifies() {
    let nodes = Nodes::new();
    let (keyring, other) = (nodes.open(&PAIRED).await, nodes.open(&PAIRED).await);
    assert_eq!(keyring.algorithms(), PAIRED);
    assert_eq!(keyring.default_algorithm(), PAIRED[0]);
    for algorithm in PAIRED {
        for (typ, text) in [(TokenType::Jwt, "JWT"), (TokenType::AccessToken, "at+jwt")] {
            let jwt = keyring.sign(algorithm, typ, &claims()).unwrap();
            for node in [&other, &other, &keyring] {
                assert_eq!(node.verify(&jwt, typ).unwrap(), claims(), "{algorithm} {text}");
            }
            let header = header_of(&jwt);
            assert_eq!((&header["alg"], &header["typ"]), (&json!(algorithm.as_str()), &json!(text)));
        }
    }
}

#[tokio::test]
async fn one_kind_of_token_is_not_taken_for_another() {
    let keyring = Nodes::new().open(&PAIRED[..1]).await;
    let id_token = keyring.sign(JwsAlgorithm::ES256, TokenType::Jwt, &claims()).unwrap();
    let access_token = keyring.sign(JwsAlgorithm::ES256, TokenType::AccessToken, &claims()).unwrap();
    assert_eq!(keyring.verify(&id_token, TokenType::AccessToken), Err(JwtRejected::Malformed));
    assert_eq!(keyring.verify(&access_token, TokenType::Jwt), Err(JwtRejected::Malformed));
}

#[tokio::test]
async fn a_jwt_altered_in_any_part_is_refused() {
    let keyring = Nodes::new().open(&PAIRED).await;
    for algorithm in PAIRED {
        let jwt = keyring.sign(algorithm, TokenType::Jwt, &claims()).unwrap();
        let parts: Vec<&str> = jwt.split('.').collect();
        let other = URL_SAFE_NO_PAD.encode(r#"{"sub":"victim"}"#);
        for altered in [
            format!("{}.{other}.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([0; 64])),
        ] {
            assert_eq!(keyring.verify(&altered, TokenType::Jwt), Err(JwtRejected::Signature), "{algorithm}");
        }
    }
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_never_the_headers() {
    let keyring = Nodes::new().open(&PAIRED).await;
    let rs256 = keyring.sign(JwsAlgorithm::RS256, TokenType::Jwt, &claims()).unwrap();
    let kid = header_of(&rs256)["kid"].clone();
    for alg in ["none", "HS256", "PS256", "ES256", "EdDSA", "RS384"] {
        let jwt = with_header(&rs256, &json!({ "alg": alg, "typ": "JWT", "kid": kid }));
        assert_eq!(keyring.verify(&jwt, TokenType::Jwt), Err(JwtRejected::Algorithm), "{alg}");
    }
    // Signed with a text that everybody can read, as if it were a shared secret.
    let public = keyring.jwks()["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap().clone();
    let pem = rsa_key(&public).public_key_to_pem().unwrap();
    for secret in [pem.as_slice(), public.to_string().as_bytes(), public["n"].as_str().unwrap().as_bytes()] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "HS256", "typ": "JWT", "kid": kid }).to_string());
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(r#"{"sub":"victim"}"#));
        let signature = URL_SAFE_NO_PAD.encode(hmac_sha256(secret, &[signed.as_bytes()]));
        let verified = keyring.verify(&format!("{signed}.{signature}"), TokenType::Jwt);
        assert_eq!(verified, Err(JwtRejected::Algorithm));
    }
}

#[tokio::test]
async fn headers_that_bring_keys_odd_names_or_extensions_are_refused() {
    let keyring = Nodes::new().open(&PAIRED[..1]).await;
    let jwt = keyring.sign(JwsAlgorithm::ES256, TokenType::Jwt, &claims()).unwrap();
    let kid = header_of(&jwt)["kid"].clone();
    for (header, refused) in [
        (json!({ "alg": "ES256", "typ": "JWT" }), JwtRejected::UnknownKey),
        (json!({ "alg": "ES256", "typ": "JWT", "kid": "" }), JwtRejected::UnknownKey),
        (json!({ "alg": "ES256", "typ": "JWT", "kid": "../../etc/passwd" }), JwtRejected::UnknownKey),
        (json!({ "alg": "ES256", "typ": "JWT", "kid": "' OR 1=1 --" }), JwtRejected::UnknownKey),
        (json!({ "alg": "ES256", "typ": "JWT", "kid": [kid] }), JwtRejected::Malformed),
        (json!({ "alg": "ES256", "typ": "JWT", "kid": kid, "crit": ["exp"] }), JwtRejected::Malformed),
        (json!({ "alg": "ES256", "typ": "jwt", "kid": kid }), JwtRejected::Malformed),
        (json!({ "alg": "ES256", "kid": kid }), JwtRejected::Malformed),
        (json!({ "alg": "ES256", "typ": "JWT", "kid": kid, "jwk": {} }), JwtRejected::Signature),
    ] {
        assert_eq!(keyring.verify(&with_header(&jwt, &header), TokenType::Jwt), Err(refused), "{header}");
    }
}

#[tokio::test]
async fn the_key_set_is_public_named_and_newest_first() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&PAIRED).await;
    nodes.clock.advance(10);
    keyring.rotate(JwsAlgorithm::EdDSA, Overlap { ahead_s: 60, behind_s: 60 }).await.unwrap();
    let jwks = keyring.jwks();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 5, "a next key is published before it signs");
    assert_eq!(keys[0]["alg"], "EdDSA", "newest first");
    for key in keys {
        let key = key.as_object().unwrap();
        assert!(key["kid"].as_str().is_some_and(|kid| !kid.is_empty()));
        assert_eq!(key["use"], "sig");
        let allowed = ["kty", "use", "alg", "kid", "crv", "x", "y", "n", "e"];
        assert!(key.keys().all(|member| allowed.contains(&member.as_str())), "{key:?}");
    }
}

#[tokio::test]
async fn plain_openssl_verifies_what_the_key_set_promises() {
    let keyring = Nodes::new().open(&PAIRED).await;
    let jwks = keyring.jwks();
    for algorithm in PAIRED {
        let jwt = keyring.sign(algorithm, TokenType::AccessToken, &claims()).unwrap();
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let kid = &header_of(&jwt)["kid"];
        let jwk = jwks["keys"].as_array().unwrap().iter().find(|key| &key["kid"] == kid).unwrap();
        assert!(openssl_verifies(algorithm, jwk, signed.as_bytes(), &signature), "{algorithm}");
        assert!(!openssl_verifies(algorithm, jwk, b"else", &signature), "{algorithm}: the check can fail");
    }
}

fn member(jwk: &Value, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap()
}

fn number(jwk: &Value, name: &str) -> BigNum {
    BigNum::from_slice(&member(jwk, name)).unwrap()
}

fn rsa_key(jwk: &Value) -> PKey<Public> {
    PKey::from_rsa(Rsa::from_public_components(number(jwk, "n"), number(jwk, "e")).unwrap()).unwrap()
}

fn openssl_verifies(algorithm: JwsAlgorithm, jwk: &Value, signed: &[u8], signature: &[u8]) -> bool {
    match algorithm {
        JwsAlgorithm::ES256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            let key = EcKey::from_public_key_affine_coordinates(&group, &number(jwk, "x"), &number(jwk, "y")).unwrap();
            let (r, s) = signature.split_at(32);
            let parts =
                EcdsaSig::from_private_components(BigNum::from_slice(r).unwrap(), BigNum::from_slice(s).unwrap());
            parts.unwrap().verify(&openssl::sha::sha256(signed), &key).unwrap()
        }
        JwsAlgorithm::EdDSA => {
            let key = PKey::public_key_from_raw_bytes(&member(jwk, "x"), Id::ED25519).unwrap();
            Verifier::new_without_digest(&key).unwrap().verify_oneshot(signature, signed).unwrap()
        }
        _ => {
            let key = rsa_key(jwk);
            let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
            if algorithm == JwsAlgorithm::PS256 {
                verifier.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
            }
            verifier.update(signed).unwrap();
            verifier.verify(signature).unwrap()
        }
    }
}

#[tokio::test]
async fn a_second_node_and_a_restart_find_the_keys_there_are() {
    let nodes = Nodes::new();
    let first = nodes.open(&PAIRED).await;
    let second = nodes.open(&PAIRED).await;
    assert_eq!(nodes.store.rows.lock().unwrap().len(), PAIRED.len(), "no key was made twice");
    assert_eq!(first.jwks(), second.jwks());
    for algorithm in PAIRED {
        let jwt = first.sign(algorithm, TokenType::Jwt, &claims()).unwrap();
        assert_eq!(second.verify(&jwt, TokenType::Jwt).unwrap(), claims(), "{algorithm}");
    }
}

#[tokio::test]
async fn two_nodes_that_start_at_once_end_with_one_key_each() {
    let nodes = Nodes::new();
    let (first, second) = tokio::join!(nodes.open(&PAIRED[..2]), nodes.open(&PAIRED[..2]));
    assert_eq!(nodes.store.rows.lock().unwrap().len(), 2);
    let jwt = first.sign(PAIRED[0], TokenType::Jwt, &claims()).unwrap();
    assert!(second.verify(&jwt, TokenType::Jwt).is_ok());
}

#[tokio::test]
async fn a_node_whose_clock_is_behind_signs_with_the_first_key_all_the_same() {
    let nodes = Nodes::new();
    nodes.open(&PAIRED[..1]).await;
    nodes.clock.advance(-2);
    let behind = nodes.open(&PAIRED[..1]).await;
    assert_eq!(nodes.store.rows.lock().unwrap().len(), 1);
    assert!(behind.sign(PAIRED[0], TokenType::Jwt, &claims()).is_ok());
}

#[tokio::test]
async fn algorithms_that_make_no_sense_are_refused_at_the_start() {
    let nodes = Nodes::new();
    for (algorithms, default) in [
        (vec![JwsAlgorithm::HS256], JwsAlgorithm::HS256),
        (vec![JwsAlgorithm::ES256, JwsAlgorithm::HS256], JwsAlgorithm::ES256),
        (vec![JwsAlgorithm::ES256], JwsAlgorithm::RS256),
        (vec![], JwsAlgorithm::ES256),
    ] {
        let setup = KeyringSetup { algorithms, default_algorithm: default, ..nodes.setup(&PAIRED) };
        assert!(Keyring::open(setup).await.is_err());
    }
    assert!(nodes.store.rows.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_algorithm_no_longer_asked_for_verifies_but_does_not_sign() {
    let nodes = Nodes::new();
    let before = nodes.open(&[JwsAlgorithm::ES256, JwsAlgorithm::EdDSA]).await;
    let jwt = before.sign(JwsAlgorithm::EdDSA, TokenType::Jwt, &claims()).unwrap();
    let after = nodes.open(&[JwsAlgorithm::ES256]).await;
    assert_eq!(after.algorithms(), [JwsAlgorithm::ES256]);
    assert!(after.sign(JwsAlgorithm::EdDSA, TokenType::Jwt, &claims()).is_err());
    assert!(after.sign(JwsAlgorithm::HS256, TokenType::Jwt, &claims()).is_err());
    assert!(after.verify(&jwt, TokenType::Jwt).is_ok());
}

#[tokio::test]
async fn another_master_key_or_an_altered_row_does_not_open() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&[JwsAlgorithm::RS256, JwsAlgorithm::PS256]).await;
    let other = SecretText::new("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let sealer = MasterSealer::new(MasterKey::from_base64(&other).unwrap(), nodes.entropy.clone());
    let setup = KeyringSetup { sealer: Arc::new(sealer), ..nodes.setup(&[JwsAlgorithm::RS256]) };
    assert!(Keyring::open(setup).await.is_err());
    // One key put in the place of another.
    let stored = nodes.store.rows.lock().unwrap().clone();
    nodes.store.rows.lock().unwrap()[0].sealed_jwk = stored[1].sealed_jwk.clone();
    assert!(keyring.refresh().await.is_err());
    assert!(keyring.sign(JwsAlgorithm::RS256, TokenType::Jwt, &claims()).is_ok(), "the keys known stay in use");
    // One key said to be for another algorithm of its kind.
    nodes.store.rows.lock().unwrap().clone_from(&stored);
    nodes.store.rows.lock().unwrap()[0].algorithm = JwsAlgorithm::PS256.into();
    assert!(Keyring::open(nodes.setup(&[JwsAlgorithm::PS256])).await.is_err());
}

#[tokio::test]
async fn nothing_of_a_private_key_is_stored_in_clear() {
    let nodes = Nodes::new();
    nodes.open(&PAIRED).await;
    for row in nodes.store.rows.lock().unwrap().iter() {
        assert!(row.sealed_jwk.starts_with("v1."));
        assert!(!row.sealed_jwk.contains("kty") && !row.sealed_jwk.contains('{'));
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_name_brings_a_refresh_but_not_one_for_every_name() {
    let nodes = Nodes::new();
    let (first, second) = (nodes.open(&PAIRED[..1]).await, Arc::new(nodes.open(&PAIRED[..1]).await));
    first.rotate(PAIRED[0], Overlap { ahead_s: 0, behind_s: 600 }).await.unwrap();
    let jwt = first.sign(PAIRED[0], TokenType::Jwt, &claims()).unwrap();
    let fresh = tokio::spawn({
        let second = second.clone();
        async move { second.keep_fresh(Duration::from_secs(3600)).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(second.verify(&jwt, TokenType::Jwt), Err(JwtRejected::UnknownKey));
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(second.verify(&jwt, TokenType::Jwt).unwrap(), claims(), "the key another node made is known now");
    let lists = nodes.store.lists.load(Ordering::SeqCst);
    for number in 0..5_000 {
        let made_up = with_header(&jwt, &json!({ "alg": "ES256", "typ": "JWT", "kid": format!("made-up-{number}") }));
        assert_eq!(second.verify(&made_up, TokenType::Jwt), Err(JwtRejected::UnknownKey));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let read = nodes.store.lists.load(Ordering::SeqCst) - lists;
    assert!((4..=5).contains(&read), "{read} readings in 5 seconds");
    fresh.abort();
}
