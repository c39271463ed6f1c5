//! The resource: userinfo, with tokens that are bound to a key.

use super::{Fapi, changed, json, now};
use crate::endpoints::dpop::jti;
use crate::tls::certificate::shake_hands;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::ssl::SslVersion;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The hash of an access token, as proofs have it.
pub fn ath(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// An access token of the first client's.
async fn token(fapi: &Fapi) -> String {
    fapi.tokens(&fapi.one).await["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn happy_flow() {
    let fapi = Fapi::start();
    for party in [&fapi.one, &fapi.two] {
        let tokens = fapi.tokens(party).await;
        let token = tokens["access_token"].as_str().unwrap();
        assert!(token.len() * 6 >= 128, "{token}");
        let answer = fapi.resource(party, token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(answer.headers.contains_key("date"));
        for accept in ["*/*", "application/json; q=0.5, text/html", "application/nonsense"] {
            let proof = party.prover.proof_with("GET", &fapi.server.at("/userinfo"), token);
            let authorization = format!("DPoP {token}");
            let headers = [("authorization", authorization.as_str()), ("dpop", &proof), ("accept", accept)];
            let answer = fapi.send(Method::GET, &fapi.server.at("/userinfo"), &headers, None).await;
            assert_eq!(answer.status, StatusCode::OK, "{accept}: {}", answer.body);
        }
        let url = fapi.server.at(&format!("/userinfo?access_token={token}"));
        let proof = party.prover.proof_with("GET", &fapi.server.at("/userinfo"), token);
        let in_query = fapi.send(Method::GET, &url, &[("dpop", &proof)], None).await;
        assert!(in_query.status.is_client_error(), "{}", in_query.status);
    }
    for version in [SslVersion::TLS1, SslVersion::TLS1_1] {
        let mut connector = fapi.certificate.connector();
        connector.set_min_proto_version(Some(version)).unwrap();
        connector.set_max_proto_version(Some(version)).unwrap();
        assert!(shake_hands(connector, fapi.port).is_err());
    }
    let mut connector = fapi.certificate.connector();
    connector.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
    connector.set_cipher_list("ALL:!ECDHE-RSA-AES128-GCM-SHA256:!ECDHE-RSA-AES256-GCM-SHA384").unwrap();
    assert!(shake_hands(connector, fapi.port).is_err(), "no other suite of TLS 1.2");
}

#[tokio::test(flavor = "multi_thread")]
async fn access_token_type_header_case_sensitivity() {
    let fapi = Fapi::start();
    let token = token(&fapi).await;
    for scheme in ["DPoP", "dpop", "DPOP"] {
        let proof = fapi.one.prover.proof_with("GET", &fapi.server.at("/userinfo"), &token);
        let answer = fapi.resource_with((&format!("{scheme} {token}"), &[proof.as_str()])).await;
        assert_eq!(answer.status, StatusCode::OK, "{scheme}: {}", answer.body);
    }
}

/// A proof for userinfo, with changes to its header and its claims.
fn proof(fapi: &Fapi, token: &str, header: &Value, claims: &Value) -> String {
    let own = json!({
        "jti": jti(), "htm": "GET", "htu": fapi.server.at("/userinfo"), "iat": now(), "ath": ath(token),
    });
    fapi.one.prover.sign_under(header, &changed(own, claims))
}

#[tokio::test(flavor = "multi_thread")]
async fn dpop_negative_tests() {
    let fapi = Fapi::start();
    let token = token(&fapi).await;
    let secret = fapi.one.prover.private_jwk();
    let other = fapi.two.prover.public_jwk();
    let none = json!({});
    let headers = [
        json!({ "typ": null }),
        json!({ "typ": "JWT" }),
        json!({ "alg": null }),
        json!({ "alg": "none" }),
        json!({ "alg": "RS256" }),
        json!({ "jwk": null }),
        json!({ "jwk": secret }),
        json!({ "jwk": other }),
    ];
    let claims = [
        json!({ "jti": null }),
        json!({ "htm": null }),
        json!({ "htu": null }),
        json!({ "iat": null }),
        json!({ "ath": null }),
        json!({ "htm": "POST" }),
        json!({ "htu": fapi.server.at("/token") }),
        json!({ "htu": "https://other.example/userinfo" }),
        json!({ "iat": now() - 3600 }),
        json!({ "iat": now() + 3600 }),
        json!({ "ath": ath("another token") }),
    ];
    let mut proofs: Vec<(String, Vec<String>)> = Vec::new();
    proofs.extend(headers.iter().map(|header| (header.to_string(), vec![proof(&fapi, &token, header, &none)])));
    proofs.extend(claims.iter().map(|claims| (claims.to_string(), vec![proof(&fapi, &token, &none, claims)])));
    let good = || proof(&fapi, &token, &none, &none);
    proofs.push(("two headers".into(), vec![good(), good()]));
    proofs.push(("no JWT".into(), vec!["text".into()]));
    proofs.push(("an altered signature".into(), vec![format!("{}AAAA", good())]));
    proofs.push(("another key".into(), vec![fapi.two.prover.proof_with("GET", &fapi.server.at("/userinfo"), &token)]));
    proofs.push(("none".into(), vec![]));
    let used = good();
    assert_eq!(fapi.resource_with((&format!("DPoP {token}"), &[&used])).await.status, StatusCode::OK);
    proofs.push(("one that was used".into(), vec![used]));
    for (name, proofs) in proofs {
        let proofs: Vec<&str> = proofs.iter().map(String::as_str).collect();
        let answer = fapi.resource_with((&format!("DPoP {token}"), &proofs)).await;
        assert!(matches!(answer.status.as_u16(), 400 | 401), "{name}: {} {}", answer.status, answer.body);
    }
    let downgraded = fapi.resource_with((&format!("Bearer {token}"), &[&good()])).await;
    assert_eq!(downgraded.status, StatusCode::UNAUTHORIZED);
    let host = fapi.server.issuer.replace("localhost", "LOCALHOST");
    for fine in [
        json!({ "more": { "of": ["anything"] } }),
        json!({ "htu": format!("{host}/userinfo") }),
        json!({ "htu": fapi.server.at("/userinfo?x=1") }),
    ] {
        let answer = fapi.resource_with((&format!("DPoP {token}"), &[&proof(&fapi, &token, &none, &fine)])).await;
        assert_eq!(answer.status, StatusCode::OK, "{fine}: {}", answer.body);
    }
}
