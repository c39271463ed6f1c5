//! ID tokens from the authorization endpoint (OpenID Connect Core 3.2.2.10, 3.3.2.11; Multiple Response Types 1.0).

use crate::world::{CLIENT, ISSUER, Scene, Told, client};
use gatewright_domain::client::{Client, TokenPreferences};
use gatewright_engine::authorization::Step;
use gatewright_protocol::hashes::left_half_hash;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::samples::SUBJECT;
use gatewright_testing::signing::claims_of;

#[tokio::test]
async fn the_hybrid_response_ties_its_id_token_to_its_code() {
    let scene = Scene::new().await;
    let outcome = scene.visitor().completes("response_type=code+id_token").await;
    let claims = claims_of(outcome.parameter("id_token").unwrap());
    assert_eq!(claims["c_hash"], left_half_hash(JwsAlgorithm::ES256, outcome.code()));
    assert_eq!((&claims["nonce"], &claims["iss"], &claims["aud"]), (&"n1".into(), &ISSUER.into(), &CLIENT.into()));
    assert!(!claims.contains_key("at_hash"), "there is no access token with it");
    assert!(!claims.contains_key("name"), "the access token that is to come fetches the scope's claims");

    let tokens = scene.redeems(CLIENT, outcome.code()).await.unwrap();
    let later = claims_of(&tokens.id_token.unwrap());
    for name in ["iss", "sub", "sid", "auth_time", "nonce"] {
        assert_eq!(claims[name], later[name], "{name}");
    }
    assert_eq!(later["at_hash"], left_half_hash(JwsAlgorithm::ES256, &tokens.access_token));
    assert!(!later.contains_key("c_hash"));
}

#[tokio::test]
async fn the_hash_is_that_of_the_algorithm_the_client_registered() {
    let scene = Scene::new().await;
    let tokens = TokenPreferences { id_token_algorithm: JwsAlgorithm::RS256, ..client(CLIENT).tokens };
    scene.registers(Client { tokens, ..client(CLIENT) }).await;
    let outcome = scene.visitor().completes("response_type=code+id_token").await;
    let jwt = outcome.parameter("id_token").unwrap();
    assert_eq!(claims_of(jwt)["c_hash"], left_half_hash(JwsAlgorithm::RS256, outcome.code()));
    assert!(jwt.starts_with("eyJhbGciOiJSUzI1NiI"), "it is signed with RS256: {jwt}");
}

#[tokio::test]
async fn an_id_token_alone_carries_the_scopes_claims_and_no_code() {
    let scene = Scene::new().await;
    let outcome = scene.visitor().completes("response_type=id_token&scope=openid+profile+offline_access").await;
    assert_eq!(outcome.parameter("code"), None);
    assert_eq!(outcome.parameter("scope"), Some("openid profile"), "there is nothing to refresh");
    let claims = claims_of(outcome.parameter("id_token").unwrap());
    assert_eq!((&claims["sub"], &claims["name"]), (&SUBJECT.into(), &"Alice Liddell".into()));
    assert!(!claims.contains_key("c_hash") && !claims.contains_key("email"));
}

#[tokio::test]
async fn an_id_token_travels_in_the_fragment_or_a_form_and_never_in_a_query() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    for response_type in ["id_token", "code+id_token"] {
        let outcome = visitor.completes(&format!("response_type={response_type}")).await;
        let Step::Respond(response) = &outcome.step else { panic!("{:?}", outcome.step) };
        let location = response.location().unwrap();
        let (before, after) = location.split_once('#').unwrap();
        assert!(after.contains("id_token=") && !before.contains("id_token"), "{location}");
        let refused = visitor.asks(&format!("response_type={response_type}&response_mode=query")).await;
        assert_eq!(refused.error(), "invalid_request");
        let Step::Respond(response) = &refused.step else { panic!("{:?}", refused.step) };
        assert!(response.location().unwrap().contains("#error="), "the refusal travels in the fragment too");
    }
}
