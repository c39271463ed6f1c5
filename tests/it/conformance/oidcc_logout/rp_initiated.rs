//! The plan `oidcc-rp-initiated-logout-certification-test-plan`.

use super::world::{BYE, Client, World};
use crate::world::page::heading;
use crate::world::signature::ClientKey;
use crate::world::{Browser, jwt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::json;

/// A client, a browser in which alice is signed in to it, and her ID token.
async fn signed_in(world: &World) -> (Client<'_>, Browser, String) {
    let (client, browser) = (world.register(json!({})).await, world.browser());
    let hint = client.sign_in(&browser).await.remove("id_token").unwrap();
    (client, browser, hint)
}

/// Sends what must not lead back: a page comes, and who says nothing stays signed in.
async fn leads_nowhere(parameters: impl Fn(&str) -> Vec<(&'static str, String)>) {
    let world = World::new();
    let (client, browser, hint) = signed_in(&world).await;
    let parameters = parameters(&hint);
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = world.log_out(&browser, &parameters).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::OK, None), "{}", answer.body);
    assert!(!answer.body.contains("client.example"), "no link leads there: {}", answer.body);
    if answer.body.contains("signOutForm") {
        assert!(client.is_signed_in(&browser).await, "nobody said yes");
        let page = answer.page();
        let answer = browser.submit(&page, &[], &page.main_button()).await;
        assert_eq!((heading(&answer.body).as_str(), answer.location()), ("You are signed out", None));
    }
    assert!(!client.is_signed_in(&browser).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    let metadata = World::new().metadata().await;
    assert!(metadata["end_session_endpoint"].is_string());
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") || name.ends_with("_uri") || name.ends_with("_iframe") {
            assert!(value.as_str().unwrap().starts_with("https://"), "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn oidcc_rp_initiated_logout() {
    let world = World::new();
    let (client, browser, hint) = signed_in(&world).await;
    assert!(client.is_signed_in(&browser).await);
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s 1&2")];
    let answer = world.log_out(&browser, &asked).await;
    assert_eq!(answer.location().unwrap().as_str(), format!("{BYE}?state=s+1%262"), "{}", answer.body);
    assert!(!client.is_signed_in(&browser).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    leads_nowhere(|hint| {
        let elsewhere = "https://evil.example/post_logout_redirect".to_owned();
        vec![("id_token_hint", hint.to_owned()), ("post_logout_redirect_uri", elsewhere), ("state", "s".to_owned())]
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    leads_nowhere(|hint| {
        let claims = hint.split('.').nth(1).unwrap();
        let unsigned = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string()));
        vec![("id_token_hint", unsigned), ("post_logout_redirect_uri", BYE.to_owned()), ("state", "s".to_owned())]
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    leads_nowhere(|_| vec![("post_logout_redirect_uri", BYE.to_owned())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params() {
    leads_nowhere(|_| vec![]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    let world = World::new();
    let (client, browser, hint) = signed_in(&world).await;
    let answer = world.log_out(&browser, &[("id_token_hint", &hint)]).await;
    assert_eq!((heading(&answer.body).as_str(), answer.location()), ("You are signed out", None));
    assert!(!client.is_signed_in(&browser).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state() {
    let world = World::new();
    let (client, browser, hint) = signed_in(&world).await;
    let answer = world.log_out(&browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]).await;
    assert_eq!(answer.location().unwrap().as_str(), BYE, "{}", answer.body);
    assert!(!client.is_signed_in(&browser).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    leads_nowhere(|_| vec![("state", "s".to_owned())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    leads_nowhere(|hint| {
        let added = format!("{BYE}?foo=bar");
        vec![("id_token_hint", hint.to_owned()), ("post_logout_redirect_uri", added), ("state", "s".to_owned())]
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    leads_nowhere(|hint| {
        let signed_by_another = ClientKey::generate().sign(&jwt::claims(hint));
        vec![("id_token_hint", signed_by_another), ("post_logout_redirect_uri", BYE.to_owned())]
    })
    .await;
}

#[tokio::test]
async fn a_logout_that_another_site_posts_meets_the_session_too() {
    let world = World::new();
    let (client, browser, hint) = signed_in(&world).await;
    let form = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    // Cookies are SameSite=Lax: a post of another site comes without.
    let posted = world.browser().send(Method::POST, &world.server.at("/end_session"), Some(&form)).await;
    let again = posted.location().unwrap();
    assert!(again.as_str().starts_with(&world.server.at("/end_session?")), "{again}");
    let answer = browser.send(Method::GET, again.as_str(), None).await;
    assert_eq!(answer.location().unwrap().as_str(), format!("{BYE}?state=s"));
    assert!(!client.is_signed_in(&browser).await);
}

#[tokio::test]
async fn the_question_speaks_the_language_that_the_client_asks_for_and_names_the_end_user() {
    let world = World::new();
    let (_client, browser, _) = signed_in(&world).await;
    let answer = world.log_out(&browser, &[("ui_locales", "fr de")]).await;
    assert!(answer.body.contains("<html lang=\"fr\"") && answer.body.contains("alice"), "{}", answer.body);
}
