//! What a client's page can find out of the session (Session Management 1.0, 2 and 3).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Parts, REDIRECT_URI, Scene, Told, client, first_party};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::client::Client;
use gatewright_engine::browser::CookieChange;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::redirect_uri::RedirectUri;
use sha2::{Digest, Sha256};

/// What the iframe's script says of a state, for the cookie that the browser holds.
fn unchanged(session_state: &str, client: &str, origin: &str, cookie: Option<&str>) -> bool {
    let (hash, salt) = session_state.split_once('.').unwrap();
    let text = format!("{client} {origin} {} {salt}", cookie.unwrap_or_default());
    URL_SAFE_NO_PAD.encode(Sha256::digest(text)) == hash
}

const ORIGIN: &str = "https://client.example.com";

#[tokio::test]
async fn a_response_brings_the_state_that_the_iframe_compares_with_the_browsers_cookie() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let first = visitor.completes("").await;
    let state = first.parameter("session_state").unwrap().to_owned();
    let cookie = visitor.browser.browser_state.clone();
    assert!(cookie.is_some());
    assert!(unchanged(&state, CLIENT, ORIGIN, cookie.as_deref()));
    assert!(!unchanged(&state, CLIENT, "https://evil.example", cookie.as_deref()));
    assert!(!unchanged(&state, "other", ORIGIN, cookie.as_deref()));
    assert!(!unchanged(&state, CLIENT, ORIGIN, None), "once the cookie is gone it is another");
    // Another response, another salt, the same cookie.
    let second = visitor.asks("prompt=none").await;
    assert!(!second.cookies.iter().any(|change| matches!(change, CookieChange::BrowserState(..))));
    let again = second.parameter("session_state").unwrap();
    assert!(again != state && unchanged(again, CLIENT, ORIGIN, cookie.as_deref()));
}

#[tokio::test]
async fn the_state_stays_for_as_long_as_one_end_user_is_signed_in_and_no_longer() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let mut visitor = scene.visitor();
    let state = visitor.completes("").await.parameter("session_state").unwrap().to_owned();
    let alices = visitor.browser.browser_state.clone();
    visitor.completes("prompt=login").await;
    assert_eq!(visitor.browser.browser_state, alices, "the same end-user authenticated once more");
    let asked = visitor.asks("prompt=login").await;
    visitor.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let bobs = visitor.browser.browser_state.clone();
    assert!(bobs.is_some() && !unchanged(&state, CLIENT, ORIGIN, bobs.as_deref()));
}

#[tokio::test]
async fn a_browser_that_lost_the_cookie_is_given_it_again() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let held = visitor.browser.browser_state.take();
    scene.clock.advance(100);
    let outcome = visitor.asks("prompt=none").await;
    let given = outcome.cookies.iter().find_map(|change| match change {
        CookieChange::BrowserState(state, seconds) => Some((state.clone(), *seconds)),
        _ => None,
    });
    let left = scene.engine.settings().lifetimes.session_s - 100;
    assert_eq!(given, Some((held.unwrap(), left)), "for as long as the session lives");
}

#[tokio::test]
async fn where_nobody_can_ask_no_state_is_given() {
    let native = "com.example.app:/cb";
    let scene = Scene::new().await;
    let redirect_uris = [REDIRECT_URI, native].map(|uri| RedirectUri::try_from(uri).unwrap()).to_vec();
    scene.registers(Client { redirect_uris, ..client(CLIENT) }).await;
    let mut visitor = scene.visitor();
    let outcome = visitor.completes(&format!("redirect_uri={native}")).await;
    assert_eq!(outcome.parameter("session_state"), None, "an application on a device has no origin");
    let outcome = visitor.completes("scope=profile").await;
    assert_eq!(outcome.parameter("session_state"), None, "who is signed in was not asked");
    assert_eq!(scene.visitor().asks("prompt=none").await.parameter("session_state"), None, "nobody is signed in");
    for (issuer, switched_on) in [("http://localhost:9000", true), ("https://id.example", false)] {
        let mut parts = Parts::new();
        parts.settings.issuer = Issuer::try_from(issuer).unwrap();
        parts.settings.session_management = switched_on;
        let scene = parts.built().await;
        let mut visitor = scene.visitor();
        assert_eq!(visitor.completes("").await.parameter("session_state"), None, "{issuer}");
        assert_eq!(visitor.browser.browser_state, None, "{issuer}");
        assert_eq!(scene.engine.metadata().endpoints.check_session_iframe, None, "{issuer}");
    }
}

#[tokio::test]
async fn the_server_says_where_the_iframe_is() {
    let metadata = Scene::new().await.engine.metadata();
    assert_eq!(metadata.endpoints.check_session_iframe.as_deref(), Some("https://id.example/check_session"));
}
