//! Sender-constrained tokens: DPoP (RFC 9449), certificates (RFC 8705), and the profile that asks for them.

mod certificate;
mod code_binding;
mod nonces;
mod profile;
mod proofs;
mod pushed;
mod refresh;
mod tokens;

use crate::world::{CLIENT, ISSUER, Scene, basic, params};
use gatewright_engine::binding::{Call, Place, PresentedAccess, ProofHeader};
use gatewright_engine::error::EndpointError;
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_protocol::thumbprint::Thumbprint;
use gatewright_protocol::token::{TokenResponse, TokenType};
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::signing::{dpop_proof, proof_key};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The key that proofs are made with where a test names no other.
const KEY: &str = "key1";

/// What a proof says, with a `jti` of its own.
fn claims(method: &str, path: &str, changes: &Value) -> Map<String, Value> {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let jti = format!("proof-{}", MADE.fetch_add(1, Ordering::SeqCst));
    let mut whole = json!({ "jti": jti, "htm": method, "htu": format!("{ISSUER}{path}"), "iat": DEFAULT_NOW.0 });
    for (name, value) in changes.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let Value::Object(whole) = whole else { unreachable!() };
    whole.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// A proof for the token endpoint.
fn token_proof(key: &str, changes: &Value) -> String {
    dpop_proof(key, &json!({}), &claims("POST", "/token", changes))
}

/// A proof for userinfo with that access token.
fn userinfo_proof(key: &str, token: &str, changes: &Value) -> String {
    let mut whole = json!({ "ath": Thumbprint::of(token.as_bytes()).as_str() });
    for (name, value) in changes.as_object().unwrap() {
        whole[name] = value.clone();
    }
    dpop_proof(key, &json!({}), &claims("GET", "/userinfo", &whole))
}

fn jkt(key: &str) -> Thumbprint {
    proof_key(key).thumbprint()
}

/// A token request of `client`, authenticated by its secret, with a proof.
async fn token_with(
    scene: &Scene,
    client: &str,
    (form, proof): (&[(&str, &str)], ProofHeader<'_>),
) -> Result<TokenResponse, EndpointError> {
    let authorization = basic(client);
    let place = Place { method: "POST", path: "/token", origins: &[] };
    let call = Call { authorization: Some(&authorization), proof, certificate: None, place };
    scene.engine.token(call, &params(form)).await
}

/// Tokens of [`CLIENT`] for itself.
async fn own_token(scene: &Scene, proof: ProofHeader<'_>) -> Result<TokenResponse, EndpointError> {
    token_with(scene, CLIENT, (&[("grant_type", "client_credentials")], proof)).await
}

/// Tokens of Alice at [`CLIENT`], bound to [`KEY`].
async fn bound_tokens(scene: &Scene) -> TokenResponse {
    let code = scene.code("").await;
    let proof = token_proof(KEY, &json!({}));
    let form =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", crate::world::REDIRECT_URI)];
    token_with(scene, CLIENT, (&form, ProofHeader::One(&proof))).await.unwrap()
}

/// Asks userinfo.
async fn userinfo(
    scene: &Scene,
    (token, scheme): (&str, TokenType),
    proof: ProofHeader<'_>,
) -> Result<UserinfoAnswer, EndpointError> {
    let place = Place { method: "GET", path: "/userinfo", origins: &[] };
    let call = Call { authorization: None, proof, certificate: None, place };
    scene.engine.userinfo(PresentedAccess { token, scheme, call }).await
}
