//! Requests that are not walked (RFC 6749 3.1.2.4, 4.1.2.1; RFC 9700 2.1).

use crate::world::{CLIENT, ISSUER, Scene, Told};
use gatewright_engine::authorization::Step;
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_testing::samples;

#[tokio::test]
async fn an_unverified_redirect_uri_is_never_redirected_to() {
    let scene = Scene::new().await;
    for query in [
        "redirect_uri=https://client.example.com/cb/",
        "redirect_uri=https://client.example.com/cb?x=1",
        "redirect_uri=https://evil.example/cb&response_type=bogus&prompt=none",
        "redirect_uri=",
    ] {
        let error = scene.visitor().tries(query).await.unwrap_err();
        assert!(matches!(error, WalkError::Direct(DirectError::UnknownRedirectUri(_))), "{query}: {error:?}");
    }
    let error = scene.visitor().tries("client_id=nobody").await.unwrap_err();
    assert!(matches!(error, WalkError::Direct(DirectError::UnknownClient(_))), "{error:?}");
}

#[tokio::test]
async fn a_request_that_is_not_admitted_is_told_the_client_with_state_and_iss() {
    let scene = Scene::new().await;
    scene.registers(samples::public_client("spa")).await;
    for (query, error) in [
        ("response_type=bogus", "unsupported_response_type"),
        ("client_id=spa", "invalid_request"),
        ("client_id=spa&response_type=id_token", "unauthorized_client"),
        ("scope=unheard_of", "invalid_scope"),
        ("prompt=none+login", "invalid_request"),
        ("request=a.b.c", "invalid_request_object"),
        ("request_uri=https://client.example.com/r", "invalid_request_uri"),
        ("registration={}", "registration_not_supported"),
        ("response_type=id_token&nonce=", "invalid_request"),
    ] {
        let outcome = scene.visitor().asks(query).await;
        assert_eq!(outcome.error(), error, "{query}");
        assert_eq!((outcome.parameter("state"), outcome.parameter("iss")), (Some("s1"), Some(ISSUER)), "{query}");
        assert!(outcome.cookies.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn the_response_travels_as_it_was_asked_to() {
    let scene = Scene::new().await;
    for (mode, starts) in
        [("query", "https://client.example.com/cb?code="), ("fragment", "https://client.example.com/cb#code=")]
    {
        let outcome = scene.visitor().completes(&format!("response_mode={mode}")).await;
        let Step::Respond(response) = &outcome.step else { panic!("{:?}", outcome.step) };
        let location = response.location().unwrap();
        assert!(location.starts_with(starts), "{location}");
    }
    let outcome = scene.visitor().completes("response_mode=form_post").await;
    let Step::Respond(response) = &outcome.step else { panic!("{:?}", outcome.step) };
    assert!(response.location().is_none());
    let fields = response.form_fields().unwrap();
    assert!(fields.iter().any(|(name, value)| *name == "code" && value == outcome.code()), "{CLIENT}");
}
