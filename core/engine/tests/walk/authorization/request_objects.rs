//! Request objects by value and by reference (OpenID Connect Core 6, RFC 9101).

use crate::world::{CLIENT, ISSUER, Parts, REDIRECT_URI, Scene, Told, client};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::client::{Client, ClientKeys};
use gatewright_domain::token_hash::TokenHash;
use gatewright_engine::account::Trip;
use gatewright_engine::client_keys::REFETCH_S_MIN;
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::request_object_algorithm::RequestObjectAlgorithm;
use gatewright_testing::samples;
use gatewright_testing::signing::{client_jwks, client_jwt, client_jwt_with};
use serde_json::{Map, Value, json};

const OTHER_URI: &str = "https://client.example.com/other";
const OBJECT_URI: &str = "https://client.example.com/request.jwt";
const JWKS_URI: &str = "https://client.example.com/jwks";

/// The usual client with a key, and these members about its requests.
pub fn keyed(requests: RequestMetadata) -> Client {
    let keys = Some(ClientKeys::Inline(client_jwks("k1")));
    let mut client = Client { keys, requests, ..client(CLIENT) };
    client.redirect_uris.push(samples::word(OTHER_URI));
    client
}

async fn scene_of(parts: Parts, requests: RequestMetadata) -> Scene {
    let scene = parts.built().await;
    scene.registers(keyed(requests)).await;
    scene
}

async fn scene() -> Scene {
    scene_of(Parts::new(), RequestMetadata::default()).await
}

pub fn members(claims: Value) -> Map<String, Value> {
    claims.as_object().cloned().unwrap()
}

fn signed(claims: Value) -> String {
    client_jwt("k1", JwsAlgorithm::ES256, &members(claims))
}

/// By RFC 9101, as its `typ` says.
fn profiled(claims: Value) -> String {
    let header = json!({ "alg": "ES256", "kid": "k1", "typ": "oauth-authz-req+jwt" });
    client_jwt_with(&header, &members(claims), "k1")
}

pub fn unsigned(claims: Value) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(json!({ "alg": "none" })), part(claims))
}

/// What ends on a page: why.
async fn page(scene: &Scene, query: &str) -> ErrorCode {
    match scene.visitor().tries(query).await.unwrap_err() {
        WalkError::Direct(DirectError::Request(refusal) | DirectError::UnknownRedirectUri(refusal)) => refusal.code(),
        error => panic!("{query}: {error:?}"),
    }
}

#[tokio::test]
async fn what_stands_in_a_signed_request_object_wins_over_what_stands_beside_it() {
    let scene = scene().await;
    let object = signed(json!({ "state": "inside", "redirect_uri": OTHER_URI, "scope": "openid email" }));
    let outcome = scene.visitor().completes(&format!("state=beside&request={object}")).await;
    assert_eq!(outcome.parameter("state"), Some("inside"));
    let tokens = scene.redeems_with(CLIENT, outcome.code(), &[("redirect_uri", OTHER_URI)]).await.unwrap();
    assert_eq!(tokens.scope.unwrap().to_string(), "openid email");
    // What only stands beside it counts too, and what is said of the request object is told where it leads.
    let outcome = scene.visitor().completes(&format!("request={}", signed(json!({ "nonce": "n2" })))).await;
    assert_eq!(outcome.parameter("state"), Some("s1"));
    let object = signed(json!({ "redirect_uri": "https://evil.example/cb" }));
    assert_eq!(page(&scene, &format!("request={object}")).await, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn every_advertised_algorithm_is_taken_and_of_those_the_one_registered() {
    let scene = scene().await;
    let offered = scene.engine.metadata().requests.request_object_signing_alg_values_supported;
    assert_eq!(offered.len(), 4);
    for algorithm in offered {
        let by = |wanted: JwsAlgorithm| client_jwt("k1", wanted, &members(json!({ "state": "inside" })));
        let object = by(algorithm.signature().unwrap());
        scene.registers(keyed(RequestMetadata::default())).await;
        let outcome = scene.visitor().completes(&format!("request={object}")).await;
        assert_eq!(outcome.parameter("state"), Some("inside"), "{algorithm}");
        let request_object_signing_alg = Some(algorithm);
        scene.registers(keyed(RequestMetadata { request_object_signing_alg, ..RequestMetadata::default() })).await;
        for other in JwsAlgorithm::ALL {
            let outcome = scene.visitor().asks(&format!("request={}", by(*other))).await;
            let taken = Some(*other) == algorithm.signature();
            assert_eq!(outcome.page().is_some(), taken, "{other} of one that registered {algorithm}");
        }
    }
}

#[tokio::test]
async fn a_request_object_that_is_not_the_clients_is_refused_where_the_request_around_it_leads() {
    let scene = scene().await;
    scene.registers(Client { keys: None, ..client("keyless") }).await;
    let good = signed(json!({ "state": "inside" }));
    let other_key = client_jwt("k2", JwsAlgorithm::ES256, &members(json!({})));
    for object in [
        "a.b.c".to_owned(),
        format!("{good}x"),
        other_key,
        client_jwt("k1", JwsAlgorithm::HS256, &members(json!({}))),
        signed(json!({ "client_id": "c2" })),
        signed(json!({ "iss": "c2" })),
        signed(json!({ "aud": "https://other.example" })),
        signed(json!({ "exp": 1 })),
        signed(json!({ "sub": CLIENT })),
        signed(json!({ "request_uri": OBJECT_URI })),
        signed(json!({ "request": good })),
        signed(json!({ "response_type": "id_token" })),
        signed(json!({ "state": 1, "nonce": {} })),
        "a.b.c.d.e".to_owned(),
    ] {
        let outcome = scene.visitor().asks(&format!("request={object}")).await;
        assert_eq!(outcome.error(), "invalid_request_object", "{object}");
        assert_eq!((outcome.parameter("state"), outcome.parameter("iss")), (Some("s1"), Some(ISSUER)), "{object}");
        let without = format!("redirect_uri=&request={object}");
        assert_eq!(page(&scene, &without).await, ErrorCode::InvalidRequestObject, "{object}");
    }
    let keyless = scene.visitor().asks(&format!("client_id=keyless&request={good}")).await;
    assert_eq!(keyless.error(), "invalid_request_object");
    let twice = scene.visitor().asks(&format!("request={good}&request={good}")).await;
    assert_eq!(twice.error(), "invalid_request");
}

#[tokio::test]
async fn a_request_object_that_is_not_signed_counts_only_where_the_settings_say_so() {
    let object = unsigned(json!({ "state": "inside" }));
    let query = format!("request={object}");
    let scene = scene().await;
    assert_eq!(scene.visitor().asks(&query).await.error(), "request_not_supported");

    let mut parts = Parts::new();
    parts.settings.requests.unsigned_objects = true;
    let lax = scene_of(parts, RequestMetadata::default()).await;
    assert_eq!(lax.visitor().completes(&query).await.parameter("state"), Some("inside"));
    let offered = lax.engine.metadata().requests.request_object_signing_alg_values_supported;
    assert!(offered.contains(&RequestObjectAlgorithm::None));
    let with_signature = format!("request={object}{}", TokenHash::of("x").as_str());
    assert_eq!(lax.visitor().asks(&with_signature).await.error(), "invalid_request_object");

    for (algorithm, taken) in [(RequestObjectAlgorithm::None, true), (RequestObjectAlgorithm::ES256, false)] {
        let request_object_signing_alg = Some(algorithm);
        lax.registers(keyed(RequestMetadata { request_object_signing_alg, ..RequestMetadata::default() })).await;
        assert_eq!(lax.visitor().asks(&query).await.page().is_some(), taken, "registered {algorithm}");
    }
    let must = RequestMetadata { require_signed_request_object: Some(true), ..RequestMetadata::default() };
    lax.registers(keyed(must)).await;
    assert_eq!(page(&lax, &query).await, ErrorCode::InvalidRequestObject);
}

#[tokio::test]
async fn of_a_request_by_rfc_9101_only_what_is_signed_counts() {
    let scene = scene().await;
    let whole = json!({
        "client_id": CLIENT, "iss": CLIENT, "aud": [ISSUER, "https://other.example"], "response_type": "code",
        "redirect_uri": REDIRECT_URI, "scope": "openid",
    });
    let without = |name: &str| {
        let mut claims = members(whole.clone());
        claims.remove(name);
        profiled(Value::Object(claims))
    };
    let outcome = scene.visitor().completes(&format!("state=beside&request={}", profiled(whole.clone()))).await;
    assert_eq!(outcome.parameter("state"), None, "a state that is not signed is not used");
    assert_eq!(scene.redeems(CLIENT, outcome.code()).await.unwrap().scope.unwrap().to_string(), "openid");
    let alone = format!("redirect_uri=&response_type=&scope=&state=&nonce=&request={}", profiled(whole.clone()));
    assert!(scene.visitor().asks(&alone).await.page().is_some(), "nothing is needed beside it but the client_id");

    for name in ["client_id", "iss", "aud"] {
        let outcome = scene.visitor().asks(&format!("request={}", without(name))).await;
        assert_eq!(outcome.error(), "invalid_request_object", "{name}");
    }
    let page = page(&scene, &format!("request={}", without("redirect_uri"))).await;
    assert_eq!(page, ErrorCode::InvalidRequest, "the redirect_uri beside it leads nowhere");
    let outcome = scene.visitor().asks(&format!("request={}", without("response_type"))).await;
    assert_eq!(outcome.error(), "invalid_request");
}

#[tokio::test]
async fn who_must_sign_is_not_asked_for_without_a_signature() {
    let mut strict = Parts::new();
    strict.settings.requests.require_signed_object = true;
    let must = || RequestMetadata { require_signed_request_object: Some(true), ..RequestMetadata::default() };
    for scene in [scene_of(Parts::new(), must()).await, scene_of(strict, RequestMetadata::default()).await] {
        assert_eq!(scene.visitor().asks("").await.error(), "invalid_request");
        // Where an unsigned parameter says, nothing is told.
        let bad = client_jwt("k2", JwsAlgorithm::ES256, &members(json!({})));
        assert_eq!(page(&scene, &format!("request={bad}")).await, ErrorCode::InvalidRequestObject);
        let whole = json!({
            "client_id": CLIENT, "iss": CLIENT, "aud": ISSUER, "response_type": "code",
            "redirect_uri": REDIRECT_URI, "scope": "openid", "state": "inside",
        });
        let outcome = scene.visitor().completes(&format!("request={}", signed(whole))).await;
        assert_eq!(outcome.parameter("state"), Some("inside"));
        assert!(scene.visitor().travels(Trip::SignIn).await.page().is_some(), "the account page is no client");
    }
}

#[tokio::test]
async fn a_request_uri_leads_to_a_request_object_where_the_client_registered_it() {
    let requests = RequestMetadata { request_uris: vec![OBJECT_URI.to_owned()], ..RequestMetadata::default() };
    let scene = scene_of(Parts::new(), requests).await;
    let query = format!("request_uri={OBJECT_URI}");
    assert_eq!(scene.visitor().asks(&query).await.error(), "invalid_request_uri", "there is no document yet");
    scene.documents.put(OBJECT_URI, signed(json!({ "state": "inside" })).into());
    assert_eq!(scene.visitor().completes(&query).await.parameter("state"), Some("inside"));

    let before = scene.documents.fetched();
    for other in
        ["https://evil.example/r", "http://169.254.169.254/", "file:///etc/passwd", "urn:x", &format!("{OBJECT_URI}?x")]
    {
        let outcome = scene.visitor().asks(&format!("request_uri={other}")).await;
        assert_eq!(outcome.error(), "invalid_request_uri", "{other}");
    }
    assert_eq!(scene.documents.fetched(), before, "what is not registered is not fetched");
    let both = scene.visitor().asks(&format!("{query}&request={}", signed(json!({})))).await;
    assert_eq!(both.error(), "invalid_request");
    scene.documents.put(OBJECT_URI, unsigned(json!({})).into());
    assert_eq!(scene.visitor().asks(&query).await.error(), "request_uri_not_supported");
    scene.documents.put(OBJECT_URI, json!({ "state": "no JWT" }));
    assert_eq!(scene.visitor().asks(&query).await.error(), "invalid_request_uri");
}

#[tokio::test]
async fn a_request_object_is_kept_where_its_address_has_its_hash_and_only_then() {
    let requests = RequestMetadata { request_uris: vec![OBJECT_URI.to_owned()], ..RequestMetadata::default() };
    let scene = scene_of(Parts::new(), requests).await;
    let object = signed(json!({ "state": "first" }));
    scene.documents.put(OBJECT_URI, object.as_str().into());
    let asks = async |fragment: &str| {
        let before = scene.documents.fetched();
        let outcome = scene.visitor().asks(&format!("prompt=none&request_uri={OBJECT_URI}%23{fragment}")).await;
        let state = outcome.parameter("state").unwrap_or_default().to_owned();
        (outcome.error().to_owned(), state, scene.documents.fetched() - before)
    };
    let told = |state: &str, fetched| ("login_required".to_owned(), state.to_owned(), fetched);
    let hash = TokenHash::of(&object).as_str().to_owned();
    assert_eq!(asks(&hash).await, told("first", 1));
    scene.documents.put(OBJECT_URI, signed(json!({ "state": "second" })).into());
    assert_eq!(asks(&hash).await, told("first", 0));
    assert_eq!(asks("").await, told("second", 1));
    assert_eq!(asks("v2").await, told("second", 1), "a fragment that is no hash says nothing");
    let of_another = TokenHash::of("another").as_str().to_owned();
    assert_eq!(asks(&of_another).await.0, "invalid_request_uri");
}

#[tokio::test]
async fn keys_that_rotated_at_their_uri_are_fetched_anew() {
    let scene = Scene::new().await;
    let keys = Some(ClientKeys::Uri(JWKS_URI.to_owned()));
    scene.registers(Client { keys, ..client(CLIENT) }).await;
    let by = |kid: &str| format!("request={}", client_jwt(kid, JwsAlgorithm::ES256, &members(json!({}))));
    assert_eq!(scene.visitor().asks(&by("k1")).await.error(), "invalid_request_object", "there is no document yet");
    scene.documents.put(JWKS_URI, client_jwks("k1"));
    assert!(scene.visitor().asks(&by("k1")).await.page().is_some());
    scene.documents.put(JWKS_URI, client_jwks("k2"));
    scene.clock.advance(i64::try_from(REFETCH_S_MIN).unwrap());
    assert!(scene.visitor().asks(&by("k2")).await.page().is_some());
    assert_eq!(scene.visitor().asks(&by("k1")).await.error(), "invalid_request_object");
}
