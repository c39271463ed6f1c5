//! Authorization responses in JWTs (JARM 2), and access tokens in the front channel (OpenID Connect Core 3.2, 3.3).

use super::{keyed, scene_of};
use crate::world::{CLIENT, ISSUER, Parts, Scene, Told, client};
use gatewright_domain::client::{Client, ClientKeys};
use gatewright_engine::authorization::{Outcome, Step};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_protocol::hashes::left_half_hash;
use gatewright_protocol::jwe::JweAlgorithm;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::encryption::opened;
use gatewright_testing::signing::{claims_of, client_jwks};
use serde_json::{Map, Value, json};

fn response(outcome: &Outcome) -> Map<String, Value> {
    claims_of(outcome.parameter("response").unwrap())
}

fn location(outcome: &Outcome) -> String {
    let Step::Respond(response) = &outcome.step else { panic!("{:?}", outcome.step) };
    response.location().unwrap_or_else(|| "a form".to_owned())
}

#[tokio::test]
async fn the_parameters_of_a_response_stand_in_one_jwt() {
    let scene = Scene::new().await;
    for (query, carried) in [
        ("response_mode=jwt", "?response="),
        ("response_mode=query.jwt", "?response="),
        ("response_mode=fragment.jwt", "#response="),
        ("response_mode=form_post.jwt", "a form"),
        ("response_type=code+id_token&response_mode=jwt", "#response="),
    ] {
        let outcome = scene.visitor().completes(query).await;
        assert!(location(&outcome).contains(carried), "{query}: {}", location(&outcome));
        assert_eq!(outcome.parameter("code"), None, "nothing stands outside of it");
        let claims = response(&outcome);
        let expected = json!({ "iss": ISSUER, "aud": CLIENT, "exp": DEFAULT_NOW.0 + 300, "state": "s1" });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&claims[name], value, "{name} {query}");
        }
        assert!(scene.redeems(CLIENT, claims["code"].as_str().unwrap()).await.is_ok());
    }
}

#[tokio::test]
async fn a_refusal_stands_in_a_jwt_too_wherever_it_comes_from() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    for query in ["scope=nothing&response_mode=jwt", "prompt=none&response_mode=jwt"] {
        let claims = response(&visitor.asks(query).await);
        assert!(claims["error"].is_string() && claims["state"] == "s1" && claims["aud"] == CLIENT, "{claims:?}");
    }
    let page = visitor.asks("response_mode=jwt").await;
    let consent = visitor.signs_in(&page).await;
    assert_eq!(response(&visitor.presses(&consent, "deny").await)["error"], "access_denied");
}

#[tokio::test]
async fn it_is_signed_and_encrypted_as_the_client_registered() {
    let requests = RequestMetadata {
        authorization_signed_response_alg: Some(JwsAlgorithm::ES256),
        authorization_encrypted_response_alg: Some(JweAlgorithm::EcdhEs),
        ..RequestMetadata::default()
    };
    let scene = scene_of(Client { requests: requests.clone(), ..keyed() }).await;
    let outcome = scene.visitor().completes("response_mode=jwt").await;
    let (header, jwt) = opened(outcome.parameter("response").unwrap());
    assert_eq!(header["cty"], "JWT");
    assert!(jwt.starts_with("eyJhbGciOiJFUzI1NiI"), "{jwt}");
    assert!(claims_of(&jwt)["code"].is_string());
    // A client whose keys do not fit can be told nothing, and the end-user is asked nothing.
    scene.registers(Client { requests, keys: Some(ClientKeys::Inline(client_jwks("s"))), ..keyed() }).await;
    let refused = scene.visitor().tries("response_mode=jwt").await;
    assert!(matches!(refused, Err(WalkError::Direct(DirectError::Request(_)))));
}

#[tokio::test]
async fn an_access_token_of_the_front_channel_works_and_is_tied_to_its_id_token() {
    for (response_type, code, id_token) in
        [("code+token", true, false), ("id_token+token", false, true), ("code+id_token+token", true, true)]
    {
        let scene = Scene::new().await;
        let outcome = scene.visitor().completes(&format!("response_type={response_type}")).await;
        assert!(location(&outcome).contains("#"), "{response_type}");
        let access_token = outcome.parameter("access_token").unwrap();
        assert_eq!((outcome.parameter("token_type"), outcome.parameter("expires_in")), (Some("Bearer"), Some("300")));
        assert!(scene.engine.userinfo(access_token).await.is_ok(), "{response_type}");
        assert_eq!(outcome.parameter("refresh_token"), None);
        assert_eq!(outcome.parameter("code").is_some(), code);
        assert_eq!(outcome.parameter("id_token").is_some(), id_token);
        if let Some(id_token) = outcome.parameter("id_token") {
            let claims = claims_of(id_token);
            assert_eq!(claims["at_hash"], left_half_hash(JwsAlgorithm::ES256, access_token));
            assert_eq!(claims.contains_key("c_hash"), code);
            assert!(!claims.contains_key("name"), "the access token fetches the scope's claims");
        }
        if code {
            let tokens = scene.redeems(CLIENT, outcome.code()).await.unwrap();
            assert!(tokens.refresh_token.is_some());
            assert!(scene.lives(access_token).await, "each is of a family of its own");
        }
        scene.clock.advance(300);
        assert!(!scene.lives(access_token).await);
    }
}

#[tokio::test]
async fn an_access_token_of_the_front_channel_ends_with_its_session() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let outcome = visitor.completes("response_type=id_token+token&scope=openid+offline_access").await;
    let (access_token, hint) = (outcome.parameter("access_token").unwrap(), outcome.parameter("id_token").unwrap());
    assert!(scene.lives(access_token).await);
    visitor.signs_out(&[("id_token_hint", hint)], None).await;
    assert!(!scene.lives(access_token).await);
}

#[tokio::test]
async fn legacy_response_types_are_there_only_where_they_are_switched_on() {
    for (implicit, access_tokens, offered) in [
        (false, false, vec!["code", "code id_token"]),
        (true, false, vec!["code", "code id_token", "id_token"]),
        (false, true, vec!["code", "code id_token", "code token", "code id_token token"]),
        (true, true, vec!["code", "code id_token", "id_token", "code token", "id_token token", "code id_token token"]),
    ] {
        let mut parts = Parts::new();
        parts.settings.implicit = implicit;
        parts.settings.front_channel_access_tokens = access_tokens;
        let scene = parts.built().await;
        let metadata = serde_json::to_value(scene.engine.metadata()).unwrap();
        assert_eq!(metadata["response_types_supported"], json!(offered));
        for response_type in client(CLIENT).response_types {
            let query = format!("response_type={}", response_type.as_str().replace(' ', "+"));
            let outcome = scene.visitor().asks(&query).await;
            let is_there = offered.contains(&response_type.as_str());
            assert_eq!(matches!(outcome.step, Step::Page { .. }), is_there, "{response_type}");
            if !is_there {
                assert_eq!(outcome.error(), "unsupported_response_type");
            }
        }
    }
}
