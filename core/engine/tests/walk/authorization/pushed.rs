//! Pushed authorization requests (RFC 9126).

use crate::world::{CLIENT, Parts, REDIRECT_URI, Scene, Told, basic, client, params, refusal};
use gatewright_domain::client::{Client, ClientAuthentication};
use gatewright_domain::clock::Clock;
use gatewright_domain::token_hash::TokenHash;
use gatewright_engine::account::Trip;
use gatewright_engine::authorization::request::PUSHED_MAX_BYTES;
use gatewright_engine::error::{DirectError, EndpointError, WalkError};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::pushed_request::reference;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_testing::samples::{self, CLIENT_SECRET, CODE_CHALLENGE, CODE_VERIFIER};

/// A request with nothing wrong in it, with some parameters changed; one without a value is left out.
fn request<'r>(changes: &[(&'r str, &'r str)]) -> Vec<(&'r str, &'r str)> {
    let usual = [
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile"),
        ("state", "pushed"),
        ("nonce", "n1"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

/// Pushes as `client`, by its secret; the name of the request.
async fn pushes_as(scene: &Scene, client: &str, changes: &[(&str, &str)]) -> Result<String, EndpointError> {
    let response = scene.engine.push(Some(basic(client).as_str()), &params(&request(changes))).await?;
    assert_eq!(response.expires_in(), scene.engine.settings().lifetimes.pushed_request_s);
    Ok(response.request_uri().to_owned())
}

async fn pushes(scene: &Scene, changes: &[(&str, &str)]) -> String {
    pushes_as(scene, CLIENT, changes).await.unwrap()
}

/// The query of a browser that comes with nothing but the name of a request.
fn bare(request_uri: &str) -> String {
    format!("redirect_uri=&response_type=&scope=&state=&nonce=&request_uri={request_uri}")
}

async fn page(scene: &Scene, query: &str) -> ErrorCode {
    match scene.visitor().tries(query).await.unwrap_err() {
        WalkError::Direct(DirectError::Request(refusal)) => refusal.code(),
        error => panic!("{query}: {error:?}"),
    }
}

#[tokio::test]
async fn a_browser_comes_with_the_name_of_a_pushed_request_and_nothing_else() {
    let scene = Scene::new().await;
    let name = pushes(&scene, &[("code_challenge", CODE_CHALLENGE), ("code_challenge_method", "S256")]).await;
    assert_eq!(reference(&name).map(str::len), Some(43), "256 random bits: {name}");
    assert_ne!(name, pushes(&scene, &[]).await);
    let outcome = scene.visitor().completes(&bare(&name)).await;
    assert_eq!(outcome.parameter("state"), Some("pushed"));
    let tokens = scene.redeems_with(CLIENT, outcome.code(), &[("code_verifier", CODE_VERIFIER)]).await.unwrap();
    assert_eq!(tokens.scope.unwrap().to_string(), "openid profile");
}

#[tokio::test]
async fn what_stands_beside_the_name_does_not_count() {
    let scene = Scene::new().await;
    let name = pushes(&scene, &[("state", "")]).await;
    let beside = "redirect_uri=https://evil.example/cb&scope=openid+email&state=beside&response_type=id_token";
    let outcome = scene.visitor().completes(&format!("{beside}&request_uri={name}")).await;
    assert_eq!(outcome.parameter("state"), None);
    let tokens = scene.redeems(CLIENT, outcome.code()).await.unwrap();
    assert_eq!(tokens.scope.unwrap().to_string(), "openid profile");
}

#[tokio::test]
async fn a_pushed_request_may_be_looked_at_until_it_completes_and_completes_once() {
    let scene = Scene::new().await;
    let name = pushes(&scene, &[]).await;
    let (mut first, mut second) = (scene.visitor(), scene.visitor());
    let one = first.asks(&bare(&name)).await;
    let two = second.asks(&bare(&name)).await;
    let again = first.asks(&bare(&name)).await;
    assert!(one.page().is_some() && two.page().is_some());
    let outcome = first.completes_from(again).await;
    assert!(scene.redeems(CLIENT, outcome.code()).await.is_ok());

    let late = second.completes_from(two).await;
    assert_eq!((late.error(), late.parameter("state")), ("invalid_request_uri", Some("pushed")));
    // Neither is it begun again, signed in or not.
    for visitor in [&mut first, &mut scene.visitor()] {
        let outcome = visitor.asks(&bare(&name)).await;
        assert_eq!((outcome.error(), outcome.parameter("state")), ("invalid_request_uri", Some("pushed")));
    }
}

#[tokio::test]
async fn a_single_sign_on_and_an_answer_without_a_code_use_it_up_too() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    for changes in [vec![], vec![("response_type", "id_token"), ("scope", "openid profile")]] {
        let name = pushes(&scene, &changes).await;
        let outcome = visitor.asks(&bare(&name)).await;
        assert!(outcome.page().is_none() && outcome.parameter("error").is_none(), "{changes:?}");
        assert_eq!(visitor.asks(&bare(&name)).await.error(), "invalid_request_uri", "{changes:?}");
    }
}

#[tokio::test]
async fn a_pushed_request_expires_and_a_trip_that_began_in_time_goes_on() {
    let scene = Scene::new().await;
    let lives_s = i64::try_from(scene.engine.settings().lifetimes.pushed_request_s).unwrap();
    let name = pushes(&scene, &[]).await;
    let mut visitor = scene.visitor();
    scene.clock.advance(lives_s - 1);
    let begun = visitor.asks(&bare(&name)).await;
    scene.clock.advance(1);
    let late = scene.visitor().asks(&bare(&name)).await;
    assert_eq!((late.error(), late.parameter("state")), ("invalid_request_uri", Some("pushed")));
    let interaction_s = i64::try_from(scene.engine.settings().lifetimes.interaction_s).unwrap();
    scene.clock.advance(interaction_s - 2);
    scene.stores.sweeper.sweep(scene.clock.now()).await.unwrap();
    assert!(!visitor.completes_from(begun).await.code().is_empty());
    scene.clock.advance(2);
    scene.stores.sweeper.sweep(scene.clock.now()).await.unwrap();
    assert_eq!(page(&scene, &bare(&name)).await, ErrorCode::InvalidRequestUri, "it is forgotten");
}

#[tokio::test]
async fn a_pushed_request_is_of_the_client_that_pushed_it() {
    let scene = Scene::new().await;
    scene.registers(client("c2")).await;
    let name = pushes(&scene, &[]).await;
    for query in [
        format!("client_id=c2&{}", bare(&name)),
        bare("urn:ietf:params:oauth:request_uri:made-up"),
        bare("urn:ietf:params:oauth:request_uri:"),
    ] {
        assert_eq!(page(&scene, &query).await, ErrorCode::InvalidRequestUri, "{query}");
    }
    let nobody = scene.visitor().tries(&format!("client_id=&{}", bare(&name))).await.unwrap_err();
    assert!(matches!(nobody, WalkError::Direct(DirectError::UnknownClient(_))), "{nobody:?}");
    assert!(scene.visitor().asks(&bare(&name)).await.page().is_some());
}

#[tokio::test]
async fn what_authorize_would_refuse_is_refused_when_it_is_pushed() {
    let scene = Scene::new().await;
    scene.registers(Client { require_pkce: true, ..client("strict") }).await;
    let invalid = ErrorCode::InvalidRequest;
    for (client, changes, code) in [
        (CLIENT, vec![("request_uri", "urn:ietf:params:oauth:request_uri:x")], invalid),
        (CLIENT, vec![("request_uri", "https://client.example.com/r")], invalid),
        (CLIENT, vec![("redirect_uri", "")], invalid),
        (CLIENT, vec![("redirect_uri", "https://evil.example/cb")], invalid),
        (CLIENT, vec![("redirect_uri", "https://client.example.com/cb/")], invalid),
        (CLIENT, vec![("response_type", "")], invalid),
        (CLIENT, vec![("response_type", "token")], ErrorCode::UnsupportedResponseType),
        (CLIENT, vec![("state", "a"), ("state", "b")], invalid),
        (CLIENT, vec![("scope", "unheard_of")], ErrorCode::InvalidScope),
        (CLIENT, vec![("prompt", "none login")], invalid),
        (CLIENT, vec![("registration", "{}")], ErrorCode::RegistrationNotSupported),
        (CLIENT, vec![("code_challenge", CODE_CHALLENGE), ("code_challenge_method", "plain")], invalid),
        (CLIENT, vec![("request", "a.b.c")], ErrorCode::InvalidRequestObject),
        ("strict", vec![], invalid),
    ] {
        assert_eq!(refusal(pushes_as(&scene, client, &changes).await), code, "{client} {changes:?}");
    }
    let long = |length: usize| "x".repeat(length);
    let rest = params(&request(&[("custom", "x"), ("client_id", CLIENT)])).to_form().len() - 1;
    assert!(pushes_as(&scene, CLIENT, &[("custom", &long(PUSHED_MAX_BYTES - rest))]).await.is_ok());
    let over = pushes_as(&scene, CLIENT, &[("custom", &long(PUSHED_MAX_BYTES - rest + 1))]).await;
    assert_eq!(refusal(over), invalid);
}

#[tokio::test]
async fn who_pushes_authenticates_as_at_the_token_endpoint() {
    let scene = Scene::new().await;
    scene.registers(samples::public_client("spa")).await;
    let secret = [("client_id", CLIENT), ("client_secret", CLIENT_SECRET)];
    for (authorization, changes) in [
        (None, vec![]),
        (None, vec![("client_id", CLIENT)]),
        (Some(basic("nobody")), vec![]),
        (Some("Basic !".to_owned()), vec![]),
        (None, secret.to_vec()),
        (Some(basic(CLIENT)), vec![("client_id", "spa")]),
    ] {
        let refused = scene.engine.push(authorization.as_deref(), &params(&request(&changes))).await;
        assert_eq!(refusal(refused), ErrorCode::InvalidClient, "{authorization:?} {changes:?}");
    }
    let challenge = [("client_id", "spa"), ("code_challenge", CODE_CHALLENGE), ("code_challenge_method", "S256")];
    let pushed = scene.engine.push(None, &params(&request(&challenge))).await.unwrap();
    let outcome = scene.visitor().completes(&format!("client_id=spa&{}", bare(pushed.request_uri()))).await;
    assert_eq!(outcome.parameter("state"), Some("pushed"));
}

#[tokio::test]
async fn what_proves_the_client_is_not_stored() {
    let scene = Scene::new().await;
    let authentication = ClientAuthentication::ClientSecretPost { secret: TokenHash::of(CLIENT_SECRET) };
    scene.registers(Client { authentication, ..client("poster") }).await;
    let form = params(&request(&[("client_id", "poster"), ("client_secret", CLIENT_SECRET)]));
    let pushed = scene.engine.push(None, &form).await.unwrap();
    let hash = TokenHash::of(reference(pushed.request_uri()).unwrap());
    let (stored, _) = scene.stores.pushed_requests.find(&hash).await.unwrap().unwrap();
    assert!(!stored.parameters.to_form().contains("client_secret"), "{}", stored.parameters.to_form());
    assert_eq!(stored.parameters.single("client_id"), Ok(Some("poster")));
}

#[tokio::test]
async fn who_must_push_is_answered_nothing_else() {
    let mut strict = Parts::new();
    strict.settings.requests.require_pushed = true;
    let (own, all) = (Scene::new().await, strict.built().await);
    let requests = RequestMetadata { require_pushed_authorization_requests: Some(true), ..RequestMetadata::default() };
    own.registers(Client { requests, ..client(CLIENT) }).await;
    for scene in [&own, &all] {
        assert_eq!(scene.visitor().asks("").await.error(), "invalid_request");
        let name = pushes(scene, &[]).await;
        assert_eq!(scene.visitor().completes(&bare(&name)).await.parameter("state"), Some("pushed"));
        let trip = scene.visitor().travels(Trip::SignIn).await;
        assert!(trip.page().is_some(), "the account page is no client");
    }
    let said = |scene: &Scene| scene.engine.metadata().requests.require_pushed_authorization_requests;
    assert!(!said(&own) && said(&all));
}

#[tokio::test]
async fn what_the_client_may_ask_is_looked_at_again_when_the_browser_comes() {
    let scene = Scene::new().await;
    let name = pushes(&scene, &[]).await;
    let moved = Client { redirect_uris: vec![samples::word("https://client.example.com/new")], ..client(CLIENT) };
    scene.registers(moved).await;
    let error = scene.visitor().tries(&bare(&name)).await.unwrap_err();
    assert!(matches!(error, WalkError::Direct(DirectError::UnknownRedirectUri(_))), "{error:?}");
}
