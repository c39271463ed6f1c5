//! Every bad proof, at the token endpoint and at a resource (RFC 9449 4.3 and 7.1).

use super::{KEY, bound_tokens, claims, own_token, token_proof, userinfo, userinfo_proof};
use crate::world::{Scene, refusal};
use gatewright_engine::binding::{PROOF_AGE_S_MAX, ProofHeader};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::thumbprint::Thumbprint;
use gatewright_protocol::token::TokenType;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::signing::{client_jwt, dpop_proof, proof_key};
use serde_json::{Value, json};

/// Claims that no proof may have, and headers.
fn bad() -> Vec<(Value, Value)> {
    let secret = {
        let mut jwk = Value::Object(proof_key(KEY).to_map());
        jwk["d"] = "AA".into();
        jwk
    };
    let claims = [
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "htm": null }),
        json!({ "htm": "DELETE" }),
        json!({ "htu": null }),
        json!({ "htu": "https://other.example/userinfo" }),
        json!({ "htu": "https://id.example/other" }),
        json!({ "iat": null }),
        json!({ "iat": DEFAULT_NOW.0 - 3600 }),
        json!({ "iat": DEFAULT_NOW.0 + 3600 }),
        json!({ "exp": DEFAULT_NOW.0 - 1 }),
        json!({ "nbf": DEFAULT_NOW.0 + 3600 }),
    ];
    let headers = [
        json!({ "typ": null }),
        json!({ "typ": "JWT" }),
        json!({ "alg": null }),
        json!({ "alg": "none" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "HS256" }),
        json!({ "jwk": null }),
        json!({ "jwk": { "kty": "oct", "k": "AA" } }),
        json!({ "jwk": secret }),
        json!({ "crit": ["exp"] }),
        // Another key than the one that signed.
        json!({ "jwk": proof_key("other").to_map() }),
    ];
    let claims = claims.into_iter().map(|claims| (json!({}), claims));
    claims.chain(headers.into_iter().map(|header| (header, json!({})))).collect()
}

#[tokio::test]
async fn no_bad_proof_gets_a_token() {
    let scene = Scene::new().await;
    for (header, changes) in bad() {
        let proof = dpop_proof(KEY, &header, &claims("POST", "/token", &changes));
        let answer = own_token(&scene, ProofHeader::One(&proof)).await;
        assert_eq!(refusal(answer), ErrorCode::InvalidDpopProof, "{header} {changes}");
    }
    let no_proof = client_jwt(KEY, JwsAlgorithm::ES256, &claims("POST", "/token", &json!({})));
    for unreadable in
        [ProofHeader::Unreadable, ProofHeader::One(""), ProofHeader::One("text"), ProofHeader::One(&no_proof)]
    {
        assert_eq!(refusal(own_token(&scene, unreadable).await), ErrorCode::InvalidDpopProof, "{unreadable:?}");
    }
    let good = token_proof(KEY, &json!({}));
    let tampered = format!("{good}x");
    assert_eq!(refusal(own_token(&scene, ProofHeader::One(&tampered)).await), ErrorCode::InvalidDpopProof);
    assert!(own_token(&scene, ProofHeader::One(&good)).await.is_ok(), "a bad one spends no good one");
}

#[tokio::test]
async fn no_bad_proof_opens_a_resource() {
    let scene = Scene::new().await;
    let token = bound_tokens(&scene).await.access_token;
    let ath = Thumbprint::of(token.as_bytes());
    let presented = (token.as_str(), TokenType::Dpop);
    for (header, mut changes) in bad() {
        changes["ath"] = ath.as_str().into();
        let proof = dpop_proof(KEY, &header, &claims("GET", "/userinfo", &changes));
        let answer = userinfo(&scene, presented, ProofHeader::One(&proof)).await;
        assert_eq!(refusal(answer), ErrorCode::InvalidDpopProof, "{header} {changes}");
    }
    for ath in [Value::Null, json!(Thumbprint::of(b"another token").as_str()), json!("text"), json!(7)] {
        let proof = userinfo_proof(KEY, &token, &json!({ "ath": ath }));
        let answer = userinfo(&scene, presented, ProofHeader::One(&proof)).await;
        assert_eq!(refusal(answer), ErrorCode::InvalidDpopProof, "ath {ath}");
    }
    let twice = userinfo(&scene, presented, ProofHeader::Unreadable).await;
    assert_eq!(refusal(twice), ErrorCode::InvalidDpopProof);
}

#[tokio::test]
async fn proofs_are_read_with_the_tolerance_of_the_specification() {
    let scene = Scene::new().await;
    let token = bound_tokens(&scene).await.access_token;
    for changes in [
        json!({ "more": { "claims": [] } }),
        json!({ "htu": "HTTPS://ID.EXAMPLE:443/userinfo" }),
        json!({ "htu": "https://id.example/userinfo?x=1" }),
        json!({ "htu": "https://id.example/jans-auth/restv1/userinfo" }),
        json!({ "iat": DEFAULT_NOW.0 - 10 }),
        json!({ "iat": DEFAULT_NOW.0 + 10 }),
        json!({ "nbf": DEFAULT_NOW.0, "exp": DEFAULT_NOW.0 + 60 }),
        json!({ "nonce": "of someone else" }),
    ] {
        let proof = userinfo_proof(KEY, &token, &changes);
        let answer = userinfo(&scene, (&token, TokenType::Dpop), ProofHeader::One(&proof)).await;
        assert!(answer.is_ok(), "{changes}: {:?}", answer.err());
    }
}

#[tokio::test]
async fn a_proof_is_used_once_and_its_name_by_each_key_for_itself() {
    let scene = Scene::new().await;
    let proof = token_proof(KEY, &json!({ "jti": "same" }));
    assert!(own_token(&scene, ProofHeader::One(&proof)).await.is_ok());
    assert_eq!(refusal(own_token(&scene, ProofHeader::One(&proof)).await), ErrorCode::InvalidDpopProof);
    // Another time of making makes it no other.
    let again = token_proof(KEY, &json!({ "jti": "same", "iat": DEFAULT_NOW.0 - 1 }));
    assert_eq!(refusal(own_token(&scene, ProofHeader::One(&again)).await), ErrorCode::InvalidDpopProof);
    let others = token_proof("other", &json!({ "jti": "same" }));
    assert!(own_token(&scene, ProofHeader::One(&others)).await.is_ok());
}

#[tokio::test]
async fn a_proof_is_remembered_for_as_long_as_it_works() {
    let scene = Scene::new().await;
    let proof = token_proof(KEY, &json!({}));
    assert!(own_token(&scene, ProofHeader::One(&proof)).await.is_ok());
    for _ in 0..PROOF_AGE_S_MAX + 2 {
        scene.stores.sweeper.sweep(gatewright_domain::clock::Clock::now(scene.clock.as_ref())).await.unwrap();
        assert_eq!(refusal(own_token(&scene, ProofHeader::One(&proof)).await), ErrorCode::InvalidDpopProof);
        scene.clock.advance(1);
    }
}
