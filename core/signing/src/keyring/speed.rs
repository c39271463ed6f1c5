//! How long signing and verifying take. Measured by hand, in a release build:
//! `cargo test --release -p gatewright-signing speed -- --ignored --nocapture`.

use super::*;
use crate::fakes::{Nodes, PAIRED};
use crate::foreign::ForeignVerifier;
use gatewright_domain::signing::ForeignJwt;
use std::time::Instant;

/// Longest mean time of one ES256 signature, claims to compact JWT, in microseconds.
const ES256_SIGN_US_MAX: f64 = 35.0;
const BATCHES: u32 = 50;
const ROUNDS: u32 = 100;

/// The mean time of one call in the quietest batch: what other programs take of the machine does not count.
fn mean_us(what: &str, mut once: impl FnMut()) -> f64 {
    let batch = |_| {
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            once();
        }
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
    };
    let mean = (0..BATCHES).map(batch).fold(f64::INFINITY, f64::min);
    eprintln!("{what:<28}{mean:8.1} us");
    mean
}

#[tokio::test]
#[ignore = "a measurement: only a release build on a quiet machine says something"]
async fn es256_signs_within_its_budget() {
    let keyring = Nodes::new().open(&PAIRED).await;
    let claims = json!({
        "iss": "https://as.example", "sub": "248289761001", "aud": ["https://api.example"], "exp": 1_000_300,
        "iat": 1_000_000, "auth_time": 999_990, "jti": "p2bHUcLZ0lWx1vYy", "client_id": "s6BhdRkqt3",
        "scope": "openid profile email", "acr": "otp", "amr": ["pwd", "otp"], "sid": "08a5019c-17e1-4977-8f42",
    });
    let claims = claims.as_object().unwrap().clone();
    let (jwks, foreign) = (keyring.jwks(), ForeignVerifier::default());
    let mut means = Vec::new();
    for algorithm in PAIRED {
        let jwt = keyring.sign(algorithm, TokenType::AccessToken, &claims).unwrap();
        means.push(mean_us(&format!("{algorithm} sign"), || {
            keyring.sign(algorithm, TokenType::AccessToken, &claims).unwrap();
        }));
        mean_us(&format!("{algorithm} verify"), || {
            keyring.verify(&jwt, TokenType::AccessToken).unwrap();
        });
        mean_us(&format!("{algorithm} verify by a new key"), || {
            ForeignVerifier::default().verify_with_jwks(&jwt, &jwks, &PAIRED).unwrap();
        });
        mean_us(&format!("{algorithm} verify by a JWK set"), || {
            foreign.verify_with_jwks(&jwt, &jwks, &PAIRED).unwrap();
        });
    }
    mean_us("key set", || {
        keyring.jwks();
    });
    assert!(means[0] <= ES256_SIGN_US_MAX, "{means:?}");
}
